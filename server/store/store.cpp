#include "server/store/store.hpp"

#include "server/store/access_store.hpp"
#include "server/store/analysis_store.hpp"
#include "server/store/audit_store.hpp"
#include "server/store/channel_store.hpp"
#include "server/store/collection_store.hpp"
#include "server/store/database.hpp"
#include "server/store/history_store.hpp"
#include "server/store/note_store.hpp"
#include "server/store/people_store.hpp"
#include "server/store/room_store.hpp"
#include "server/store/schema.hpp"
#include "server/store/settings_store.hpp"

namespace zoe::server {

struct Store::Impl {
  explicit Impl(std::unique_ptr<Database> its_database) : database(std::move(its_database)) {}

  const std::unique_ptr<Database> database;
  PeopleStore people{*database};
  HistoryStore history{*database};
  CollectionStore collections{*database};
  SettingsStore settings{*database};
  AccessStore access{*database};
  AuditStore audit{*database};
  RoomStore rooms{*database};
  AnalysisStore analyses{*database};
  NoteStore notes{*database};
  ChannelStore channels{*database};
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreConfig& config, Log& log) {
  ZOE_TRY(DatabaseLocation location, DatabaseLocation::parse(config.location));
  ZOE_TRY(std::unique_ptr<Database> database, Database::open(std::move(location), config.readers, log));
  ZOE_CHECK(migrate(*database, migrations()));
  return std::unique_ptr<Store>(new Store(std::make_unique<Impl>(std::move(database))));
}

PeopleStore& Store::people() { return impl_->people; }
HistoryStore& Store::history() { return impl_->history; }
CollectionStore& Store::collections() { return impl_->collections; }
SettingsStore& Store::settings() { return impl_->settings; }
AccessStore& Store::access() { return impl_->access; }
AuditStore& Store::audit() { return impl_->audit; }
RoomStore& Store::rooms() { return impl_->rooms; }
AnalysisStore& Store::analyses() { return impl_->analyses; }
NoteStore& Store::notes() { return impl_->notes; }
ChannelStore& Store::channels() { return impl_->channels; }

}  // namespace zoe::server
