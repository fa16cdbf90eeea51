// The scripts that there are: manifests in folders, read anew each time, so that one is added by putting it there.
#pragma once

#include <string>
#include <vector>

#include "plugins/analysis_script/manifest.hpp"

namespace zoe::plugins::analysis_script {

struct FoundScripts {
  std::vector<Manifest> scripts;      // in the order of the folders, then of their names
  std::vector<std::string> problems;  // manifests that were left out, each in words
};

// "*.toml" in each folder and in the folders right below it; a folder that is not there has none. A manifest counts
// only where nobody but its owner, who must be this process's user or root, can write it or the folder that it lies in:
// what it names is run. Of two with one id the first counts.
FoundScripts find_scripts(const std::vector<std::string>& folders);

// The path of a program: where the name has no slash, the first in $PATH; a relative one lies in `folder`. Empty where
// there is none that can be run.
std::string find_program(const std::string& name, const std::string& folder);

// $PATH, or what stands for it where there is none.
std::string search_path();

// Why the script cannot be started here; empty: it can.
std::string why_unavailable(const Manifest& manifest);

}  // namespace zoe::plugins::analysis_script
