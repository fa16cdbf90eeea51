-- Builds the plugin in a folder of its own: ZOETROPE names the sources, ZOETROPE_BUILD what was built from them.
local zoetrope = os.getenv("ZOETROPE") or error("set ZOETROPE to the folder of Zoetrope's sources", 0)
local built = os.getenv("ZOETROPE_BUILD") or (zoetrope .. "/build/release")

workspace "codec_tint"
configurations { "release" }

project "codec_tint"
kind "SharedLib"
language "C++"
cppdialect "C++20"
targetprefix ""
targetdir "."
files { "*.cpp" }
includedirs { zoetrope }
libdirs { built .. "/lib" }
links { "engine_plugin_sdk", "engine_media", "engine_core" }
links { "turbojpeg", "avformat", "avcodec", "swscale", "avutil", "xxhash", "fmt" }
buildoptions { "-O2", "-fPIC", "-fvisibility=hidden", "-fvisibility-inlines-hidden", "-fno-gnu-unique" }
linkoptions { "-Wl,--version-script=" .. zoetrope .. "/engine/plugin/abi/plugin.map", "-Wl,-z,defs", "-Wl,--as-needed" }
