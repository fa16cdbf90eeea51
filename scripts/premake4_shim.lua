-- Lets premake4 (Debian 12's) read premake5.lua: defines the premake5 words that it uses in premake4's terms.
-- Used as `premake4 --file=scripts/premake4_shim.lua gmake`; with `--script=FILE` for the build script of a plugin
-- outside this tree (docs/plugin-guide.md).

newoption { trigger = "script", value = "FILE", description = "Read FILE instead of Zoetrope's own script" }

workspace = solution

-- "configurations:asan" -> "asan"
function filter(terms)
    if type(terms) == "string" then
        terms = { terms }
    end
    local plain = {}
    for _, term in ipairs(terms) do
        table.insert(plain, (term:gsub("^configurations:", "")))
    end
    configuration(plain)
end

function cppdialect(name)
    buildoptions { "-std=" .. name:lower() }
end

function cdialect(name)
    buildoptions { "-std=" .. name:lower() }
end

function pic(value)
    if value == "On" then
        buildoptions { "-fPIC" }
    end
end

-- Without the Symbols flag premake4 strips what it links, so every configuration has it.
function symbols(value)
    if value == "On" then
        flags { "Symbols" }
    end
end

function optimize(value)
    if value == "On" then
        flags { "Optimize" }
    end
end

-- The compiler is chosen by scripts/build, through CC and CXX.
function toolset(_) end

function externalincludedirs(dirs)
    for _, dir in ipairs(dirs) do
        buildoptions { "-isystem " .. dir }
    end
end

if not os.outputof then
    function os.outputof(command)
        local pipe = io.popen(command)
        local text = pipe:read("*a")
        pipe:close()
        return text
    end
end

dofile(_OPTIONS["script"] or "../premake5.lua")
