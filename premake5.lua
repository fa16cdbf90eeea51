-- The one build description: `scripts/build CONFIG [TARGET...]` turns it into makefiles under build/make and runs them.
-- premake5 reads it as it is; premake4 (all that Debian 12 packages) reads it through scripts/premake4_shim.lua.
-- What both have to read must stay inside what the shim maps; anything else belongs in scripts/build.
--
-- Output: build/CONFIG/{bin,lib,plugins,test_plugins,assets}, objects in build/CONFIG/obj/PROJECT.
-- A room without sources is not declared, and links to it are left out.

local kConfigs = { "debug", "release", "asan", "tsan" }
local kClangConfigs = { "asan", "tsan" }
local kGccConfigs = { "debug", "release" }
local kMakeDir = "build/make"

-- ---------------------------------------------------------------------------------------------------------------------
-- Small helpers

local function fail(message)
    error("premake5.lua: " .. message, 0)
end

local function append(list, more)
    for _, item in ipairs(more or {}) do
        table.insert(list, item)
    end
    return list
end

-- The first line of a command's output. premake5's os.outputof returns two values; the parentheses keep the first.
local function output_of(command)
    local text = (os.outputof(command)) or ""
    return (text:gsub("%s+", " "))
end

-- Sorted files matching any of the patterns, without those listed in `except`.
local function sources_of(patterns, except)
    local skip, seen, found = {}, {}, {}
    for _, name in ipairs(except or {}) do
        skip[name] = true
    end
    for _, pattern in ipairs(patterns) do
        for _, file in ipairs(os.matchfiles(pattern)) do
            if not skip[file] and not seen[file] then
                seen[file] = true
                table.insert(found, file)
            end
        end
    end
    table.sort(found)
    return found
end

-- Objects are named after the source's base name, so two equal ones in a project would overwrite each other.
local function check_unique_names(name, files)
    local seen = {}
    for _, file in ipairs(files) do
        local base = path.getbasename(file)
        if seen[base] then
            fail("project " .. name .. " has two sources called " .. base .. " (" .. seen[base] .. " and " .. file ..
                 "): rename one, their object files would collide")
        end
        seen[base] = file
    end
end

-- ---------------------------------------------------------------------------------------------------------------------
-- Third-party packages. Headers come in as system headers, so that -Werror speaks of our own code only.

local kPackages = {
    ffmpeg = { pc = { "libavformat", "libavcodec", "libswscale", "libswresample", "libavutil" } },
    sdl = { pc = { "sdl2" } },
    soundtouch = { links = { "SoundTouch" } }, -- speed without a change of pitch
    sdl_net = { pc = { "SDL2_net" } },
    gl = { pc = { "epoxy" } },
    imgui = { pc = { "imgui", "freetype2" }, links = { "dl" }, is_static = true },
    jpeg = { pc = { "libturbojpeg" } },
    tls = { pc = { "libssl", "libcrypto" } },
    soci = { links = { "soci_sqlite3", "soci_core", "sqlite3" } },
    postgres = { pc = { "libpq" }, links = { "soci_postgresql" } },
    sodium = { pc = { "libsodium" } },
    log = { pc = { "spdlog", "fmt" } },
    toml = { pc = { "tomlplusplus" } },
    hash = { pc = { "libxxhash" } },
    zip = { pc = { "zlib" } },
    prometheus = { pc = { "prometheus-cpp-core" } },
    ass = { pc = { "libass" } },
    fontconfig = { pc = { "fontconfig" } }, -- the font that has a title's script
    bidi = { pc = { "fribidi" } },          -- right-to-left titles: ImGui shapes no text
    stb = { pc = { "stb" } },
    gtest = { pc = { "gmock_main", "gmock", "gtest" }, is_static = true },
    benchmark = { pc = { "benchmark" }, is_static = true },
    threads = { links = { "pthread" } },
}

local kKnownFlags = {} -- package -> { links, defines, includes }, asked of pkg-config once

local function flags_of(package_name)
    if kKnownFlags[package_name] then
        return kKnownFlags[package_name]
    end
    local package_info = kPackages[package_name] or fail("unknown package " .. package_name)
    local result = { links = {}, defines = {}, includes = {} }
    if package_info.pc then
        local text = output_of("pkg-config --cflags --libs " .. table.concat(package_info.pc, " "))
        for word in text:gmatch("%S+") do
            local option, value = word:sub(1, 2), word:sub(3)
            if option == "-l" then
                table.insert(result.links, value)
            elseif option == "-D" then
                table.insert(result.defines, value)
            elseif option == "-I" then
                table.insert(result.includes, value)
            end
        end
        if #result.links == 0 and package_name ~= "stb" then
            fail("pkg-config does not know " .. table.concat(package_info.pc, " ") .. ": run scripts/setup")
        end
    end
    append(result.links, package_info.links)
    kKnownFlags[package_name] = result
    return result
end

-- ---------------------------------------------------------------------------------------------------------------------
-- The rooms of the house and what each uses. tests/structure holds the sources to the same graph.

local kRooms = {
    engine_core = { dirs = { "engine/core" }, uses = {}, packages = { "log", "toml", "hash", "threads" } },
    engine_media = { dirs = { "engine/media" }, uses = { "engine_core" }, packages = { "ffmpeg", "jpeg", "hash" } },
    engine_net = { dirs = { "engine/net" }, uses = { "engine_core" }, packages = { "sdl_net", "sdl", "tls", "zip" } },
    engine_plugin_bridge = { dirs = { "engine/plugin/bridge" }, uses = { "engine_core" }, packages = {} },
    engine_plugin = { dirs = { "engine/plugin/host" }, uses = { "engine_plugin_bridge" }, packages = {} },
    engine_plugin_sdk = { dirs = { "engine/plugin/sdk" }, uses = { "engine_plugin_bridge" }, packages = {} },
    engine_app = { dirs = { "engine/app" }, uses = { "engine_core" }, packages = { "sdl", "gl" } },
    engine_render = { dirs = { "engine/render" }, uses = { "engine_core", "engine_media" }, packages = { "gl", "stb" } },
    engine_audio = {
        dirs = { "engine/audio" },
        uses = { "engine_core", "engine_media" },
        packages = { "sdl", "soundtouch" },
    },
    engine_ui = {
        dirs = { "engine/ui" },
        uses = { "engine_core", "engine_app", "engine_render" },
        packages = { "imgui", "sdl", "gl", "stb", "fontconfig", "bidi" },
    },
    server_lib = {
        dirs = { "server" },
        except = { "server/main.cpp", "server/prober_main.cpp" },
        uses = { "engine_core", "engine_media", "engine_net", "engine_plugin" },
        packages = { "tls", "postgres", "soci", "sodium", "log", "toml", "hash", "zip" },
    },
    player_lib = {
        dirs = { "player" },
        except = { "player/main.cpp", "player/fetch/main.cpp" },
        uses = {
            "engine_core", "engine_media", "engine_net", "engine_plugin", "engine_app", "engine_render",
            "engine_audio", "engine_ui",
        },
        packages = { "jpeg", "ass", "tls", "sodium", "log", "toml", "hash" },
    },
    tests_support = { dirs = { "tests/support" }, uses = { "engine_core" }, packages = { "log" } },
}

local kRoomOrder = {
    "engine_core", "engine_media", "engine_net", "engine_plugin_bridge", "engine_plugin", "engine_plugin_sdk", "engine_app",
    "engine_render", "engine_audio", "engine_ui", "server_lib", "player_lib", "tests_support",
}

-- Every plugin links the SDK; this is what each links besides.
local kPlugins = {
    codec_copy = { uses = {}, packages = {} },
    codec_jpeg = { uses = { "engine_media" }, packages = { "jpeg", "ffmpeg" } },
    codec_h264 = { uses = { "engine_media" }, packages = { "ffmpeg" } },
    codec_aac = { uses = { "engine_media" }, packages = { "ffmpeg" } },
    codec_tint = { uses = { "engine_media" }, packages = { "jpeg", "ffmpeg" } },
    transport_tcp = { uses = { "engine_net" }, packages = { "tls", "hash" } },
    transport_http = { uses = { "engine_net", "engine_media" }, packages = { "tls", "prometheus", "ffmpeg" } },
    auth_sql = { uses = {}, packages = { "soci", "sodium" } },
    auth_guest = { uses = {}, packages = {} },
    analysis_script = { uses = { "engine_net" }, packages = { "toml" } },
}

-- ---------------------------------------------------------------------------------------------------------------------
-- Projects

local declared = {}  -- projects that exist in this tree, by name
local run_needs = {} -- lines for the makefile: what a target needs at run time without linking it

local function in_each_config(names, action)
    for _, name in ipairs(names) do
        filter("configurations:" .. name)
        action(name)
    end
    filter {}
end

local function declare(name, how)
    check_unique_names(name, how.sources)
    declared[name] = true
    project(name)
    kind(how.kind)
    language(how.language or "C++")
    location(kMakeDir)
    files(how.sources)
    includedirs { "." }
    targetprefix(how.kind == "StaticLib" and "lib" or "")
    targetname(name)
    in_each_config(kConfigs, function(config)
        targetdir("build/" .. config .. "/" .. how.folder)
        objdir("build/" .. config .. "/obj/" .. name)
    end)
    if how.language == "C" then
        cdialect "C11"
    else
        cppdialect "C++20"
        buildoptions { "-fvisibility-inlines-hidden", "-Wnon-virtual-dtor", "-Woverloaded-virtual" }
    end
end

-- Rooms in link order, users before the used; only those that exist.
local function link_order(uses)
    local seen, reversed = {}, {}
    local function visit(name)
        if seen[name] then
            return
        end
        seen[name] = true
        local room = kRooms[name] or fail("unknown room " .. name)
        for _, used in ipairs(room.uses) do
            visit(used)
        end
        table.insert(reversed, 1, name)
    end
    for i = #uses, 1, -1 do
        visit(uses[i])
    end
    return reversed
end

local function apply_packages(names, how)
    local seen = {}
    for _, name in ipairs(names) do
        if not seen[name] then
            seen[name] = true
            local flags = flags_of(name)
            defines(flags.defines)
            if #flags.includes > 0 then
                externalincludedirs(flags.includes)
            end
            if how == "link" then
                links(flags.links)
            end
        end
    end
end

-- Static archives come first: --as-needed forgets a shared library that nothing before it asked for.
local function all_packages(rooms, own)
    local static, shared = {}, {}
    local function sort(names)
        for _, name in ipairs(names or {}) do
            local info = kPackages[name] or fail("unknown package " .. name)
            table.insert(info.is_static and static or shared, name)
        end
    end
    sort(own)
    for _, room in ipairs(rooms) do
        sort(kRooms[room].packages)
    end
    return append(static, shared)
end

local function declare_room(name)
    local room = kRooms[name]
    local patterns = {}
    for _, dir in ipairs(room.dirs) do
        table.insert(patterns, dir .. "/**.cpp")
    end
    local sources = sources_of(patterns, room.except)
    if #sources == 0 then
        return
    end
    declare(name, { kind = "StaticLib", folder = "lib", sources = sources })
    apply_packages(all_packages(link_order(room.uses), room.packages), "compile")
end

-- how: kind, folder, sources, uses, packages, libs (sibling projects), language, needs
local function declare_linked(name, how)
    if #how.sources == 0 then
        return
    end
    declare(name, how)
    local rooms = link_order(how.uses or {})
    links(how.libs or {})
    for _, room in ipairs(rooms) do
        if declared[room] then
            links { room }
        end
    end
    apply_packages(all_packages(rooms, how.packages), "link")
    linkoptions { "-Wl,--as-needed" }
    if how.needs then
        table.insert(run_needs, { target = name, needs = how.needs })
    end
end

local function declare_program(name, how)
    how.kind = "ConsoleApp"
    how.folder = "bin"
    declare_linked(name, how)
end

-- A plugin exports zoe_plugin_entry and nothing else, and can be unloaded: see docs/architecture.md.
local function declare_plugin(name, how)
    how.kind = "SharedLib"
    declare_linked(name, how)
    if declared[name] then
        linkoptions { "-Wl,--version-script=../../engine/plugin/abi/plugin.map" }
        in_each_config(kGccConfigs, function()
            linkoptions { "-Wl,-z,defs" } -- Clang's sanitizer runtime lives in the program, so not there
        end)
    end
end

-- ---------------------------------------------------------------------------------------------------------------------
-- The workspace: flags for everyone

workspace "zoetrope"
location(kMakeDir)
configurations(kConfigs)
symbols "On"
pic "On"

-- Everything is compiled as if it went into a plugin: a static library may end up in one.
buildoptions {
    "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wformat=2", "-Wimplicit-fallthrough", "-Wundef",
    "-Wno-missing-field-initializers", -- designated initialisers leave fields at their defaults on purpose
    "-Werror", "-fvisibility=hidden", "-ffile-prefix-map=../../=", "-pthread",
}
linkoptions { "-pthread" }

-- ZOE_DEBUG: thread checks and other costly assertions. Release keeps the cheap ones (_GLIBCXX_ASSERTIONS): the server
-- parses what strangers send. NDEBUG is defined in release only.
filter "configurations:debug"
defines { "ZOE_DEBUG=1", "_GLIBCXX_ASSERTIONS" }
buildoptions { "-O0", "-g" }

filter "configurations:release"
optimize "On"
defines { "NDEBUG", "_GLIBCXX_ASSERTIONS", "_FORTIFY_SOURCE=2" }
buildoptions { "-O2", "-g1", "-fstack-protector-strong" }

filter "configurations:asan"
toolset "clang"
defines { "ZOE_DEBUG=1", "ZOE_ASAN=1" }
buildoptions {
    "-O1", "-g1", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize=function",
    "-fno-sanitize-recover=undefined",
    "-fsanitize=fuzzer-no-link", -- coverage of our libraries for the fuzz targets
}
linkoptions { "-fsanitize=address,undefined" }

filter "configurations:tsan"
toolset "clang"
defines { "ZOE_DEBUG=1", "ZOE_TSAN=1" }
buildoptions { "-O1", "-g1", "-fno-omit-frame-pointer", "-fsanitize=thread" }
linkoptions { "-fsanitize=thread" }

in_each_config(kGccConfigs, function()
    buildoptions { "-fno-gnu-unique" } -- unique symbols pin a plugin in memory
end)
in_each_config(kClangConfigs, function()
    buildoptions { "-Wthread-safety" }
end)

-- ---------------------------------------------------------------------------------------------------------------------
-- The web page: its files as a C++ table inside the plugin, so that swapping one file swaps the whole.

local kGeneratedDir = "build/generated"

local function read_all(name)
    local file = io.open(name, "rb") or fail("cannot read " .. name)
    local text = file:read("*a")
    file:close()
    return text
end

-- Make looks at times: what is unchanged stays as it is.
local function write_if_changed(name, text)
    local file = io.open(name, "rb")
    if file then
        local before = file:read("*a")
        file:close()
        if before == text then
            return
        end
    end
    file = io.open(name, "wb") or fail("cannot write " .. name)
    file:write(text)
    file:close()
end

-- The colours of assets/theme.json as the page's variables.
local function theme_css()
    local theme = read_all("assets/theme.json")
    local function variables(name)
        local lines = {}
        local part = theme:match('"' .. name .. '"%s*:%s*(%b{})') or fail("assets/theme.json has no " .. name)
        for key, value in part:gmatch('"([%w_]+)"%s*:%s*"(#%x+)"') do
            table.insert(lines, "--" .. key .. ":" .. value)
        end
        return ":root{" .. table.concat(lines, ";") .. "}"
    end
    return variables("dark") .. "\n@media(prefers-color-scheme:light){" .. variables("light") .. "}\n"
end

-- Tells versions apart: the sum of Bernstein's hash over the bytes, and their number.
local function tag_of(text)
    local hash = 5381
    for i = 1, #text do
        hash = (hash * 33 + text:byte(i)) % 4294967296
    end
    return string.format("%08x-%d", hash, #text)
end

-- What npm brought: scripts/setup fetches it.
local kHls = "plugins/transport_http/npm/node_modules/hls.js/"

-- Of `text`, from byte `from` on, at most `most` bytes that do not end inside a character.
local function piece_of(text, from, most)
    local to = math.min(from + most - 1, #text)
    while to < #text and text:byte(to + 1) >= 128 and text:byte(to + 1) < 192 do
        to = to - 1
    end
    return text:sub(from, to), to + 1
end

local function write_web_files()
    if not os.isfile(kHls .. "dist/hls.min.mjs") then
        fail("hls.js is missing: run scripts/setup")
    end
    local files = {
        { name = "theme.css", text = theme_css() },
        { name = "hls.js", text = read_all(kHls .. "dist/hls.min.mjs") },
        { name = "hls.license.txt", text = read_all(kHls .. "LICENSE") },
    }
    for _, name in ipairs(sources_of { "plugins/transport_http/web/*" }) do
        table.insert(files, { name = path.getname(name), text = read_all(name) })
    end
    local lines = { "// Written by premake5.lua.", "constexpr std::array<WebFile, " .. #files .. "> kWebFiles = {{" }
    for _, file in ipairs(files) do
        local pieces = {}
        local next = 1
        while next <= #file.text do
            local piece
            piece, next = piece_of(file.text, next, 8000)
            if piece:find(')zoe"', 1, true) or piece:find("%z") then
                fail("the page's " .. file.name .. " cannot be put into a C++ text")
            end
            table.insert(pieces, 'R"zoe(' .. piece .. ')zoe"')
        end
        -- With its length, which the compiler need not count then.
        table.insert(lines, '    {"' .. file.name .. '", "\\"' .. tag_of(file.text) .. '\\"", {' ..
            table.concat(pieces, "\n") .. ", " .. #file.text .. "}},")
    end
    table.insert(lines, "}};")
    os.mkdir(kGeneratedDir)
    write_if_changed(kGeneratedDir .. "/web_files.inc", table.concat(lines, "\n") .. "\n")
end

write_web_files()

-- ---------------------------------------------------------------------------------------------------------------------
-- Libraries, plugins, programs

for _, name in ipairs(kRoomOrder) do
    declare_room(name)
end

local plugin_names = {}
for _, dir in ipairs(os.matchdirs("plugins/*")) do
    local name = path.getname(dir)
    local how = kPlugins[name] or fail("plugin " .. name .. " is not listed in kPlugins")
    declare_plugin(name, {
        folder = "plugins",
        sources = sources_of { dir .. "/**.cpp" },
        uses = append({ "engine_plugin_sdk" }, how.uses),
        packages = how.packages,
    })
    if declared[name] then
        table.insert(plugin_names, name)
        if name == "analysis_script" then
            table.insert(run_needs, { target = name, needs = { "analysis_scripts" } })
        end
    end
end

declare_program("zoetrope-plugin-check", {
    sources = sources_of { "engine/plugin/check_main.cpp" },
    uses = { "engine_plugin" },
})

declare_program("zoetrope-launch", {
    sources = sources_of { "engine/plugin/launch/*.cpp" },
    uses = { "engine_core" },
})

declare_program("zoetrope-server", {
    sources = sources_of { "server/main.cpp" },
    uses = { "server_lib" },
    needs = append({ "zoetrope-plugin-check", "zoetrope-prober", "zoetrope-launch" }, plugin_names),
})

declare_program("zoetrope-prober", {
    sources = sources_of { "server/prober_main.cpp" },
    uses = { "server_lib" },
})

declare_program("zoetrope", {
    sources = sources_of { "player/main.cpp" },
    uses = { "player_lib" },
    needs = { "assets" },
})

declare_program("zoetrope-fetch", {
    sources = sources_of { "player/fetch/main.cpp" },
    uses = { "player_lib" },
})

declare_program("zoetrope-load", {
    sources = sources_of { "tests/load/**.cpp" },
    uses = { "engine_net", "engine_media" },
    packages = { "jpeg", "log" },
})

declare_program("zoetrope-rtmp-load", {
    sources = sources_of { "tests/rtmp/**.cpp" },
    uses = { "engine_core" },
})

declare_program("zoetrope-room-cores", {
    sources = sources_of { "tests/rooms/**.cpp" },
    uses = { "player_lib" },
})

-- ---------------------------------------------------------------------------------------------------------------------
-- Tests

-- One folder, one deliberately good or bad plugin; C or C++, never both.
local fixture_names = {}
for _, dir in ipairs(os.matchdirs("tests/plugins/fixtures/*")) do
    local name = path.getname(dir)
    local c_sources = sources_of { dir .. "/**.c" }
    local cpp_sources = sources_of { dir .. "/**.cpp" }
    if #c_sources > 0 and #cpp_sources > 0 then
        fail(dir .. " mixes C and C++")
    end
    declare_plugin(name, {
        folder = "test_plugins",
        language = #c_sources > 0 and "C" or "C++",
        sources = #c_sources > 0 and c_sources or cpp_sources,
        uses = #cpp_sources > 0 and { "engine_plugin_sdk" } or {},
    })
    if declared[name] then
        table.insert(fixture_names, name)
    end
end

-- The prober, as hostile files would have it.
declare_program("zoetrope-bad-prober", {
    sources = sources_of { "tests/prober/*.cpp" },
    uses = { "server_lib" },
})

local abi_c_sources = sources_of { "tests/abi/*.c" }
if #abi_c_sources > 0 then
    declare("test_abi_c", { kind = "StaticLib", folder = "lib", language = "C", sources = abi_c_sources })
end

local everything = { "server_lib", "player_lib", "engine_plugin_sdk" }
local loadable = append(append({ "zoetrope-plugin-check", "zoetrope-prober", "zoetrope-launch" }, plugin_names), fixture_names)
local running = append(append({}, loadable), { "zoetrope-server", "zoetrope", "zoetrope-fetch", "zoetrope-load",
    "zoetrope-room-cores",
    "assets" })

-- What plays with a server but not with its insides.
local streaming = append(append({}, plugin_names), { "zoetrope-server", "zoetrope-load" })
local swap_helpers = { "tests/e2e/server_process.cpp", "tests/e2e/wire_client.cpp", "tests/load/continuity.cpp",
    "tests/plugins/fake_server.cpp" }

local kHttpTexts = { "plugins/transport_http/target.cpp", "plugins/transport_http/byte_ranges.cpp",
    "plugins/transport_http/http_text.cpp", "plugins/transport_http/subtitle_text.cpp",
    "plugins/transport_http/message.cpp", "plugins/transport_http/request_reader.cpp",
    "plugins/transport_http/websocket.cpp" }
local kHttpFiles = { "plugins/transport_http/file_answer.cpp", "plugins/transport_http/known_file.cpp" }

local kScriptTexts = { "plugins/analysis_script/manifest.cpp", "plugins/analysis_script/toml_reader.cpp",
    "plugins/analysis_script/script_line.cpp" }

local kTests = {
    { name = "test_core", dirs = { "tests/unit/core" }, uses = { "engine_core" } },
    { name = "test_media", dirs = { "tests/unit/media" }, uses = { "engine_media" } },
    { name = "test_audio", dirs = { "tests/unit/audio" }, uses = { "engine_audio" } },
    { name = "test_net", dirs = { "tests/unit/net" }, uses = { "engine_net" } },
    {
        name = "test_plugin",
        dirs = { "tests/unit/plugin" },
        uses = { "engine_plugin", "engine_plugin_sdk", "engine_media" },
        needs = loadable,
    },
    {
        name = "test_app",
        dirs = { "tests/unit/app", "tests/unit/render", "tests/unit/ui" },
        uses = { "player_lib", "engine_ui", "engine_audio", "engine_render", "engine_app" },
        needs = { "assets" },
    },
    {
        name = "test_server",
        dirs = { "tests/unit/server" },
        uses = { "server_lib" },
        needs = append({ "zoetrope-bad-prober" }, loadable),
    },
    { name = "test_player", dirs = { "tests/unit/player" }, uses = { "player_lib" }, needs = { "assets" } },
    {
        name = "test_abi",
        dirs = { "tests/abi" },
        uses = { "engine_plugin", "engine_plugin_sdk" },
        libs = #abi_c_sources > 0 and { "test_abi_c" } or {},
        needs = loadable,
    },
    {
        name = "test_plugins",
        -- Of the web transport and of the scripts what is pure text is tried by itself, too.
        files = append(append(append({ "tests/plugins/*.cpp" }, kHttpTexts), kHttpFiles), kScriptTexts),
        uses = { "engine_plugin", "engine_plugin_sdk", "engine_media", "engine_net", "server_lib" },
        packages = { "jpeg", "soci", "sodium", "tls" },
        needs = loadable,
    },
    {
        name = "test_e2e",
        dirs = { "tests/e2e" },
        files = { "tests/plugins/http_client.cpp" },
        uses = everything,
        needs = running,
    },
    {
        name = "test_swap",
        files = append({ "tests/swap/*.cpp" }, swap_helpers),
        except = { "tests/swap/soak_main.cpp" },
        uses = { "engine_net", "engine_media" },
        needs = streaming,
    },
    -- The football script, which is Python; its tests run it on matches that they render.
    { name = "test_analysis", dirs = { "tests/analysis" }, uses = {} },
    { name = "test_structure", dirs = { "tests/structure" }, uses = {} },
    { name = "test_support", dirs = { "tests/unit/support" }, uses = { "engine_media" } },
}

local test_names = {}
for _, test in ipairs(kTests) do
    local patterns = append({}, test.files)
    for _, dir in ipairs(test.dirs or {}) do
        table.insert(patterns, dir .. "/**.cpp")
    end
    declare_program(test.name, {
        sources = sources_of(patterns, test.except),
        uses = append({ "tests_support" }, test.uses),
        packages = append({ "gtest" }, test.packages),
        libs = test.libs,
        needs = test.needs,
    })
    if declared[test.name] then
        table.insert(test_names, test.name)
        -- What is tested is optimised; the tests themselves would spend twice as long in the compiler for nothing.
        filter "configurations:release"
        buildoptions { "-O0", "-U_FORTIFY_SOURCE" } -- which warns without optimisation
        filter {}
    end
end

declare_program("zoetrope-soak-swap", {
    sources = sources_of(append({ "tests/swap/*.cpp" }, swap_helpers),
        { "tests/swap/swap_test.cpp", "tests/swap/continuity_test.cpp", "tests/swap/plugin_builds_test.cpp",
            "tests/swap/resume_test.cpp" }),
    uses = { "tests_support", "engine_net", "engine_media" },
    packages = { "log" },
    needs = streaming,
})

declare_program("zoetrope-bench", {
    sources = sources_of { "tests/bench/**.cpp" },
    uses = append({ "tests_support" }, everything),
    packages = { "benchmark", "jpeg" },
    needs = running,
})

-- A fuzz target is libFuzzer's in asan; in the other configurations replay_main.cpp runs it over its corpus.
-- It links core, media and net, or what stands here for it. Of the player and the server it compiles what it feeds and
-- no more: their libraries whole would be built once again, by Clang and with its checks.
local kFuzzUses = {
    fuzz_server_request = { "server_lib" },
}

local kFuzzSources = {
    fuzz_http_request = kHttpTexts,
    fuzz_analysis_line = kScriptTexts,
    fuzz_analysis_manifest = kScriptTexts,
    fuzz_player_downloads = { "engine/ui/utf8.cpp", "player/client/download_list.cpp",
        "player/client/download_names.cpp", "player/client/download_state.cpp" },
    fuzz_player_messages = { "engine/ui/theme.cpp", "player/client/analysis_messages.cpp",
        "player/client/analysis_summary.cpp", "player/client/library_messages.cpp",
        "player/client/personal_messages.cpp", "player/client/server_messages.cpp", "player/client/track_store.cpp" },
    fuzz_player_script = { "engine/app/events.cpp", "player/automation/script.cpp", "player/client/server_address.cpp",
        "player/playback/play_state.cpp" },
    fuzz_player_settings = { "player/client/settings.cpp" },
    fuzz_server_files = { "server/library/catalog.cpp", "server/library/media_json.cpp",
        "server/library/media_title.cpp", "server/library/quarantine.cpp", "server/library/utf8_text.cpp" },
}

local kFuzzPackages = {
    fuzz_player_downloads = { "bidi" },
    fuzz_player_messages = { "imgui" },
    fuzz_player_script = { "sdl" },
}

local fuzz_names = {}
for _, file in ipairs(sources_of { "tests/fuzz/*.cpp" }) do
    local name = "fuzz_" .. path.getbasename(file):gsub("^fuzz_", "")
    declare_program(name, {
        sources = append(append({ file }, sources_of { "tests/fuzz/support/*.cpp" }), kFuzzSources[name]),
        uses = kFuzzUses[name] or { "engine_net", "engine_media" },
        packages = kFuzzPackages[name],
    })
    filter "configurations:asan"
    defines { "ZOE_LIBFUZZER=1" }
    linkoptions { "-fsanitize=fuzzer,address,undefined" }
    filter {}
    table.insert(fuzz_names, name)
end

-- ---------------------------------------------------------------------------------------------------------------------
-- Make's own part: what no version of premake can say for all generators (assets, and needs at run time)

local function write_makefile()
    local lines = {
        "# Written by premake5.lua. Adds to the generated Makefile what is needed at run time.",
        "include Makefile",
        "TESTS := " .. table.concat(test_names, " "),
        "FUZZ := " .. table.concat(fuzz_names, " "),
        ".PHONY: assets",
        "all: assets",
        "assets:",
        "\t@../../scripts/internal/copy_assets ../$(config)/assets",
        ".PHONY: analysis_scripts",
        "analysis_scripts:",
        "\t@../../scripts/internal/copy_scripts ../$(config)/plugins/analysis_script",
    }
    for _, entry in ipairs(run_needs) do
        local present = {}
        for _, need in ipairs(entry.needs) do
            if need == "assets" or need == "analysis_scripts" or declared[need] then
                table.insert(present, need)
            end
        end
        if #present > 0 then
            table.insert(lines, entry.target .. ": " .. table.concat(present, " "))
        end
    end
    os.mkdir(kMakeDir)
    local file = io.open(kMakeDir .. "/zoetrope.mk", "w") or fail("cannot write " .. kMakeDir .. "/zoetrope.mk")
    file:write(table.concat(lines, "\n"), "\n")
    file:close()
end

write_makefile()
