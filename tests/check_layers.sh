#!/usr/bin/env bash
# The layer law, checked: refuses #includes that point upward or sideways, and third-party headers outside their home.
# The law itself is the table of server/README.md (last column: what a folder may use); it is read from there, so the page
# a newcomer reads is the one that binds.
#   tests/check_layers.sh [ROOT]      ROOT: the project's folder, this one when absent
set -euo pipefail
root=${1:-$(cd "$(dirname "$0")/.." && pwd)}
cd "$root"

files=$(mktemp)
trap 'rm -f "$files"' EXIT
{ find server -name '*.[ch]'; [ -d tests/unit ] && find tests/unit -name '*.[ch]'; } | sort >"$files"

awk -v files="$files" '
# header → folders that may include it. tests/unit/<layer> may use what the layer may, and cmocka.
BEGIN {
    home["sqlite3.h"] = "store"
    home["microhttpd.h"] = "http"
    home["jansson.h"] = "api ingest"
    home["utf8proc.h"] = home["sha2.h"] = home["md5.h"] = "text"
    home["idn2.h"] = home["zstd.h"] = home["zstd_errors.h"] = "text"
    home["zlib.h"] = "http text"
    home["yaml.h"] = "docs"
    home["curl/curl.h"] = "fetch"
    home["cmocka.h"] = ""
    n = split("assert ctype errno fcntl fenv float inttypes limits locale malloc math setjmp signal stdalign stdarg " \
              "stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings threads time uchar wchar " \
              "dirent dlfcn endian getopt iconv ifaddrs langinfo libgen netdb nl_types poll pthread pwd regex sched search " \
              "semaphore spawn stdckdint sysexits syslog termios unistd", names, " ")
    for (i = 1; i <= n; i++) libc[names[i] ".h"] = 1
}

function folder_of(path,   parts, n) {
    n = split(path, parts, "/")
    if (parts[1] == "tests") return parts[3]
    return parts[2]
}
function refuse(what) {
    printf "%s:%d: %s\n", file, line, what
    failed++
}

# The table: | `folder/` | what is there | may use |
/^\| `/ {
    cells = split($0, cell, "|")
    name = cell[2]
    gsub(/[` \/]/, "", name)
    order[++rows] = name
    use[name] = cell[cells - 1]
    next
}
END {
    if (rows < 5) {
        print "check-layers: no layer table found in server/README.md" > "/dev/stderr"
        exit 2
    }
    for (i = 1; i <= rows; i++) {
        may[order[i], order[i]] = 1
        text = use[order[i]]
        if (text ~ /everything below/) {
            for (j = i + 1; j <= rows; j++)
                if (order[j] != "train" && order[j] != "docs") may[order[i], order[j]] = 1
        } else {
            n = split(text, names, /[ ,]+/)
            for (j = 1; j <= n; j++) may[order[i], names[j]] = 1
        }
    }
    while ((getline file < files) > 0) {
        folder = folder_of(file)
        unit = file ~ /^tests\//
        if (!((folder, folder) in may)) {
            line = 0
            refuse("folder " folder " is not in the table of server/README.md")
            continue
        }
        count++
        line = 0
        while ((getline text < file) > 0) {
            line++
            if (text !~ /^[ \t]*#[ \t]*include[ \t]/) continue
            if (match(text, /"[^"]*"/)) {
                name = substr(text, RSTART + 1, RLENGTH - 2)
                if (name ~ /\.\./) { refuse("\"" name "\": includes name a path from server/, never ..") ; continue }
                if (name !~ /\//) {
                    if (!unit) refuse("\"" name "\": includes name a path from server/, as in \"" folder "/" name "\"")
                    continue
                }
                target = name
                sub(/\/.*/, "", target)
                if (!((folder, target) in may))
                    refuse(folder "/ may not use " target "/ (\"" name "\")")
            } else if (match(text, /<[^>]*>/)) {
                name = substr(text, RSTART + 1, RLENGTH - 2)
                if (name ~ /^libxml\//) { # the readers of markup, not all of ingest
                    if (file !~ /^server\/ingest\/(html|feed|xml)/)
                        refuse("<" name "> has its home in ingest/html*, ingest/feed* and ingest/xml*")
                } else if (name in home) {
                    if (unit && name ~ /^(cmocka|jansson|zlib|zstd)[.]h$/) continue
                    if (!index(" " home[name] " ", " " folder " "))
                        refuse("<" name "> has its home in " (home[name] ? home[name] : "tests") ", not in " folder)
                } else if (!(name in libc) && name !~ /^(sys|netinet|arpa|net|linux)\//) {
                    refuse("<" name ">: unknown third-party header; give it a home in tests/check_layers.sh")
                }
            } else {
                refuse("an #include must name its file literally")
            }
        }
        close(file)
    }
    if (failed) {
        printf "check-layers: %d refused\n", failed
        exit 1
    }
    printf "check-layers: %d files keep the layers\n", count
}' server/README.md
