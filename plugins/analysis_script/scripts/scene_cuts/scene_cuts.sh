#!/bin/sh
# scene_cuts.sh MEDIA PARAMETERS: tells the cuts of a video by ffmpeg's measure of change between frames.
# See docs/analysis-scripts.md for what it prints.
set -u
media=$1

# The parameters are a flat JSON object that the server has checked: one number is all that is wanted of it.
threshold=$(sed -n 's/.*"threshold":\([0-9.]*\).*/\1/p' "$2")
: "${threshold:=0.3}"

echo '{"type":"hello","protocol":1,"name":"scene_cuts","version":"1.0.0"}'
echo '{"type":"progress","fraction":0,"message":"looking for cuts"}'

# In small, since cuts show there as well. metadata=print writes for each frame one line with its time and one with its
# score. awk's end tells whether ffmpeg came to its own.
{
    ffmpeg -nostdin -v error -i "file:$media" -map 0:v:0 -an -sn -dn \
        -vf "scale=160:-2,setpts=PTS-STARTPTS,select='gte(scene,0)',metadata=print:file=-" -f null - ||
        echo failed
} | awk -v threshold="$threshold" '
    /^failed$/ { failed = 1 }
    /pts_time:/ { split($0, part, "pts_time:"); split(part[2], word, " "); time = word[1] + 0 }
    /lavfi.scene_score=/ {
        split($0, part, "=")
        score = part[2] + 0
        if (score > 1) score = 1
        frames++
        if (score > most) most = score
        if (score >= threshold) {
            cuts++
            printf "{\"type\":\"event\",\"kind\":\"cut\",\"time_us\":%.0f,\"confidence\":%.3f,\"text\":\"cut %d\"}\n", \
                time * 1000000, score, cuts
        }
        # Ten values a second are plenty for a chart.
        if (time >= next_value) {
            printf "{\"type\":\"series\",\"name\":\"change\",\"title\":\"Change between frames\",\"time_us\":%.0f,\"value\":%.4f}\n", \
                time * 1000000, most
            most = 0
            next_value = time + 0.1
            fflush()
        }
    }
    END {
        if (failed || frames == 0) {
            print "{\"type\":\"error\",\"message\":\"ffmpeg cannot read this video to its end\"}"
            exit 1
        }
        printf "{\"type\":\"summary\",\"text\":\"%d cuts\",\"values\":{\"cuts\":%d,\"frames\":%d}}\n", cuts, cuts, frames
    }'
