// What was brought here, comes, or waits: with how far it is, and what can be done about it.
#pragma once

#include <string>

#include "player/panels/panel_context.hpp"

namespace zoe::player {

void draw_downloads_page(const PanelContext& context, const ui::Box& area);

// The newest download of a media; null where there is none.
const DownloadInfo* find_download(const Downloads& downloads, const std::string& media);

// "Download", "Downloading, 42 %", "Downloaded": for the tooltip of a button.
std::string download_tip(const DownloadInfo* download);

// "1.3 GB of 3.1 GB · 12 MB/s · 2:21 left"
std::string download_text(const DownloadInfo& download);

}  // namespace zoe::player
