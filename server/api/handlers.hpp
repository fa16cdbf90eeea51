// The handlers of the control API, one per method, grouped by file: api_auth, api_admin, api_clients, api_plugins,
// api_library, api_access, api_streams, api_files, api_personal, api_collections, api_home, api_channels, api_rooms,
// api_analysis. Each runs on a worker of its method's lane, after the auth gate let it pass.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "server/api/api.hpp"

namespace zoe::server::handlers {

using Answer = Result<nlohmann::json>;

Answer server_info(const Call& call);
Answer auth_register(const Call& call);
Answer auth_login(const Call& call);
Answer auth_guest(const Call& call);
Answer auth_resume(const Call& call);
Answer auth_logout(const Call& call);
Answer auth_take_over(const Call& call);
Answer auth_ticket(const Call& call);
Answer auth_whoami(const Call& call);
Answer auth_change_password(const Call& call);
Answer auth_sessions(const Call& call);
Answer auth_revoke(const Call& call);

Answer admin_users(const Call& call);
Answer admin_set_role(const Call& call);
Answer admin_set_disabled(const Call& call);
Answer admin_reset_password(const Call& call);
Answer admin_create_user(const Call& call);
Answer admin_clients(const Call& call);
Answer admin_end_client(const Call& call);
Answer admin_log(const Call& call);
Answer admin_plugins(const Call& call);
Answer admin_plugin_swap(const Call& call);
Answer admin_plugin_rollback(const Call& call);
Answer admin_plugin_enable(const Call& call);
Answer admin_plugin_disable(const Call& call);
Answer admin_plugin_drain(const Call& call);
Answer admin_status(const Call& call);
Answer admin_rescan(const Call& call);

Answer admin_audit(const Call& call);
Answer admin_invites(const Call& call);
Answer admin_create_invite(const Call& call);
Answer admin_revoke_invite(const Call& call);
Answer admin_delete_user(const Call& call);
Answer account_delete(const Call& call);
Answer admin_groups(const Call& call);
Answer admin_create_group(const Call& call);
Answer admin_rename_group(const Call& call);
Answer admin_delete_group(const Call& call);
Answer admin_set_group_members(const Call& call);
Answer admin_roots(const Call& call);
Answer admin_set_root(const Call& call);

Answer library_roots(const Call& call);
Answer library_folders(const Call& call);
Answer library_list(const Call& call);
Answer library_get(const Call& call);
Answer library_problems(const Call& call);

Answer stream_open(const Call& call);
Answer stream_segments(const Call& call);

// tickets.*
Answer tickets_create(const Call& call);
Answer tickets_list(const Call& call);
Answer tickets_revoke(const Call& call);

Answer stream_seek(const Call& call);
Answer stream_rate(const Call& call);
Answer stream_pause(const Call& call);
Answer stream_play(const Call& call);
Answer stream_step(const Call& call);
Answer stream_loop(const Call& call);
Answer stream_rendition(const Call& call);
Answer stream_close(const Call& call);

Answer progress_report(const Call& call);
Answer progress_get(const Call& call);
Answer progress_clear(const Call& call);
Answer watched_set(const Call& call);
Answer history_list(const Call& call);
Answer history_remove(const Call& call);
Answer history_clear(const Call& call);
Answer settings_get(const Call& call);
Answer settings_set(const Call& call);
Answer settings_remove(const Call& call);
Answer account_export(const Call& call);

Answer favourites_list(const Call& call);
Answer favourites_add(const Call& call);
Answer favourites_remove(const Call& call);
Answer ratings_set(const Call& call);
Answer playlists_list(const Call& call);
Answer playlists_get(const Call& call);
Answer playlists_create(const Call& call);
Answer playlists_rename(const Call& call);
Answer playlists_delete(const Call& call);
Answer notes_delete(const Call& call);
Answer notes_export(const Call& call);
Answer notes_list(const Call& call);

Answer playlists_add(const Call& call);
Answer playlists_remove(const Call& call);
Answer playlists_move(const Call& call);
Answer playlists_share(const Call& call);
Answer playlists_share_with(const Call& call);
Answer playlists_unshare_with(const Call& call);

Answer analysis_analysers(const Call& call);
Answer analysis_start(const Call& call);
Answer analysis_jobs(const Call& call);
Answer analysis_get(const Call& call);
Answer analysis_cancel(const Call& call);
Answer analysis_delete(const Call& call);
Answer analysis_tracks(const Call& call);
Answer analysis_events(const Call& call);
Answer analysis_series(const Call& call);
Answer analysis_export(const Call& call);

Answer home_get(const Call& call);
Answer recommendations_get(const Call& call);

Answer channels_create(const Call& call);
Answer channels_delete(const Call& call);
Answer channels_get(const Call& call);
Answer channels_list(const Call& call);
Answer channels_update(const Call& call);

// rooms.*
Answer rooms_add(const Call& call);
Answer rooms_allow(const Call& call);
Answer rooms_change(const Call& call);
Answer rooms_chat(const Call& call);
Answer rooms_close(const Call& call);
Answer rooms_command(const Call& call);
Answer rooms_create(const Call& call);
Answer rooms_draw(const Call& call);
Answer rooms_get(const Call& call);
Answer rooms_hand_over(const Call& call);
Answer rooms_invite(const Call& call);
Answer rooms_join(const Call& call);
Answer rooms_leave(const Call& call);
Answer rooms_list(const Call& call);
Answer rooms_point(const Call& call);
Answer rooms_react(const Call& call);
Answer rooms_ready(const Call& call);
Answer rooms_remove(const Call& call);
Answer rooms_report(const Call& call);

Answer file_open(const Call& call);
Answer library_artwork(const Call& call);
Answer library_subtitle(const Call& call);
Answer file_close(const Call& call);

}  // namespace zoe::server::handlers
