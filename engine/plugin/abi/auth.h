/* Interface of an auth plugin: who people are. What they may do is asked through `authorise`, which the host's one auth
 * gate calls for every request and every media byte's stream; the host caches nothing but the principal of a
 * connection.
 *
 * All functions may block and are called on the host's bounded pool for it, several at once.
 */
#ifndef ZOE_ABI_AUTH_H
#define ZOE_ABI_AUTH_H

#include "engine/plugin/abi/entry.h"
#include "engine/plugin/abi/host.h"

ZOE_EXTERN_C_BEGIN

#define ZOE_AUTH_V1 "zoe.auth/1"

enum { ZOE_ROLE_GUEST = 1, ZOE_ROLE_MEMBER = 2, ZOE_ROLE_ADMIN = 3 };

enum {
  ZOE_AUTH_CAN_LOG_IN = 1u << 0,
  ZOE_AUTH_CAN_REGISTER = 1u << 1,
  ZOE_AUTH_GUEST = 1u << 2,            /* `guest` gives a principal to anyone */
  ZOE_AUTH_CODE_MAKES_ADMIN = 1u << 3, /* no admin yet: registering with the one-time code makes one */
  ZOE_AUTH_NEEDS_INVITE = 1u << 4      /* since 1.2: only who has an invite's code may register */
};

/* Who asks. */
typedef struct zoe_principal {
  uint32_t struct_size;
  uint32_t role;          /* ZOE_ROLE_... */
  uint64_t user_id;       /* 0 for a guest */
  uint64_t session_id;    /* the log-in that this token stands for; 0 when there is none to revoke */
  int64_t expires_utc_ns; /* INT64_MAX: never */
  char name[72];          /* at most 64 bytes of UTF-8, terminated */
} zoe_principal;

/* A fresh log-in: the principal and the secret that resumes it, which is told this once and stored only hashed. */
typedef struct zoe_login {
  uint32_t struct_size;
  uint32_t reserved;
  zoe_principal principal;
  char token[72]; /* at most 64 characters of [A-Za-z0-9_-], terminated; empty for a guest */
} zoe_login;

/* What a principal wants to do; `resource` of `authorise` is the media id, the stream's media id, or empty. */
enum {
  ZOE_ACTION_BROWSE = 1,   /* see the library's listing and a media's details */
  ZOE_ACTION_WATCH = 2,    /* receive a media's segments */
  ZOE_ACTION_DOWNLOAD = 3, /* receive a media's file */
  ZOE_ACTION_ADMINISTER = 4
};

typedef struct zoe_user_info {
  uint32_t struct_size;
  uint32_t role;
  uint64_t user_id;
  int64_t created_utc_ns;
  int32_t is_disabled;
  uint32_t reserved;
  char name[72];
} zoe_user_info;

typedef struct zoe_session_info {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t session_id;
  uint64_t user_id;
  int64_t created_utc_ns;
  int64_t last_used_utc_ns;
  int64_t expires_utc_ns;
  char client[72]; /* what the client called itself */
} zoe_session_info;

/* Since 1.2. A code with which somebody may register, as administrators see it. */
typedef struct zoe_invite_info {
  uint32_t struct_size;
  uint32_t role; /* that it gives */
  uint64_t invite_id;
  int64_t created_utc_ns;
  int64_t expires_utc_ns;
  uint32_t uses_left;
  uint32_t reserved;
  char hint[8];   /* how the code begins, to tell one from another; terminated */
  char note[136]; /* at most 128 bytes of UTF-8, terminated */
} zoe_invite_info;

/* Since 1.2. A fresh invite. The code is told this once and stored only hashed. */
typedef struct zoe_new_invite {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t invite_id;
  char code[72]; /* terminated */
} zoe_new_invite;

typedef struct zoe_auth_v1 {
  uint32_t struct_size;

  /* [any] ZOE_AUTH_... flags as they stand now. */
  uint32_t (*capabilities)(zoe_plugin* self);

  /* [worker] New account, logged in. `code` may be empty. ZOE_E_INVALID_ARGUMENT (name or password out of bounds, wrong
   * code), ZOE_E_CONFLICT (name taken), ZOE_E_DENIED (registration closed), ZOE_E_UNAVAILABLE (throttled). */
  zoe_status (*register_user)(zoe_plugin* self, zoe_str name, zoe_str password, zoe_str code, zoe_str client,
                              zoe_str peer_address, zoe_login* out, zoe_error* error);

  /* [worker] ZOE_E_UNAUTHENTICATED with the same words and the same work for an unknown name and a wrong password,
   * ZOE_E_UNAVAILABLE when throttled. */
  zoe_status (*log_in)(zoe_plugin* self, zoe_str name, zoe_str password, zoe_str client, zoe_str peer_address,
                       zoe_login* out, zoe_error* error);

  /* [worker] Only with ZOE_AUTH_GUEST. */
  zoe_status (*guest)(zoe_plugin* self, zoe_str peer_address, zoe_login* out, zoe_error* error);

  /* [worker] The principal of a token. ZOE_E_UNAUTHENTICATED for an unknown, expired or revoked one. */
  zoe_status (*resolve)(zoe_plugin* self, zoe_str token, zoe_principal* out, zoe_error* error);

  /* [worker] Ends one session of a user, or all of them (session_id 0). ZOE_E_NOT_FOUND. The host then ends their
   * running streams. */
  zoe_status (*revoke)(zoe_plugin* self, uint64_t user_id, uint64_t session_id, zoe_error* error);

  /* [worker] Also ends all other sessions of the user. */
  zoe_status (*change_password)(zoe_plugin* self, const zoe_principal* principal, zoe_str old_password,
                                zoe_str new_password, zoe_error* error);

  /* [worker] ZOE_OK or ZOE_E_DENIED. */
  zoe_status (*authorise)(zoe_plugin* self, const zoe_principal* principal, uint32_t action, zoe_str resource,
                          zoe_error* error);

  /* [worker] Calls `each` for every entry, in order; stops when it returns non-zero. */
  zoe_status (*list_users)(zoe_plugin* self, int32_t (*each)(void* user, const zoe_user_info* info), void* user,
                           zoe_error* error);
  zoe_status (*list_sessions)(zoe_plugin* self, uint64_t user_id,
                              int32_t (*each)(void* user, const zoe_session_info* info), void* user, zoe_error* error);

  /* [worker] For administrators; the caller has checked that. ZOE_E_CONFLICT when it would leave no admin. */
  zoe_status (*set_role)(zoe_plugin* self, uint64_t user_id, uint32_t role, zoe_error* error);
  zoe_status (*set_disabled)(zoe_plugin* self, uint64_t user_id, int32_t is_disabled, zoe_error* error);
  zoe_status (*reset_password)(zoe_plugin* self, uint64_t user_id, zoe_str new_password, zoe_error* error);

  /* Since 1.1. [worker] For administrators: a new account that nobody is logged in to. Errors as those of
   * register_user, which it does not follow in being closed or wanting a code. */
  zoe_status (*create_user)(zoe_plugin* self, zoe_str name, zoe_str password, uint32_t role, uint64_t* user_id,
                            zoe_error* error);

  /* Since 1.2. [worker] Deletes an account with all that the plugin keeps of it; its number is never given again.
   * ZOE_E_NOT_FOUND, ZOE_E_CONFLICT when it would leave no admin. */
  zoe_status (*delete_user)(zoe_plugin* self, uint64_t user_id, zoe_error* error);

  /* Since 1.2. [worker] ZOE_OK when this is the principal's password, else ZOE_E_DENIED; wrong ones are held back like
   * those of log_in. */
  zoe_status (*confirm_password)(zoe_plugin* self, const zoe_principal* principal, zoe_str password, zoe_error* error);

  /* Since 1.2. [worker] For administrators: invites that can still be used, by number; a new one, for `uses` accounts
   * of `role` until `expires_utc_ns`; the end of one. ZOE_E_INVALID_ARGUMENT, ZOE_E_NOT_FOUND. */
  zoe_status (*list_invites)(zoe_plugin* self, int32_t (*each)(void* user, const zoe_invite_info* info), void* user,
                             zoe_error* error);
  zoe_status (*create_invite)(zoe_plugin* self, uint32_t role, uint32_t uses, int64_t expires_utc_ns, zoe_str note,
                              zoe_new_invite* out, zoe_error* error);
  zoe_status (*revoke_invite)(zoe_plugin* self, uint64_t invite_id, zoe_error* error);
} zoe_auth_v1;

ZOE_EXTERN_C_END

#endif
