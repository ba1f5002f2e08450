#!/bin/sh
# A root file system for one program: rootfs.sh PROGRAM FOLDER copies it with the shared libraries that it needs, character
# sets, the users of the image, certificates when the machine has them, and papers. Run in the image's build stage.
set -eu
program=$1 root=$2

mkdir -p "$root/usr/bin" "$root/etc" "$root/data" "$root/usr/share/doc/guillemet"
install -m 755 "$program" "$root/usr/bin/guillemet"
strip "$root/usr/bin/guillemet"

copy() { # FILE…: at the same place below the root, links followed
    for file in "$@"; do
        mkdir -p "$root$(dirname "$file")"
        cp -L "$file" "$root$file"
    done
}

# libcurl is loaded when something is fetched (server/fetch/libcurl.h): ldd of the program doesn't know it.
curl=$(realpath -s "$(cc -print-file-name=libcurl.so.4)")
copy "$curl"
# "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x…)" and the loader, "/lib64/ld-linux-x86-64.so.2 (0x…)"
libraries=$(ldd "$program" "$curl" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | sort -u)
copy $libraries

# Debian's libxml2 is linked with ICU, for character sets that it is never asked to convert: texts are UTF-8 before it sees
# them (server/ingest/charset.c, by iconv). Its 31 MB of data are replaced by an empty table: what asked for them would
# be told that there are none.
for library in $libraries; do
    case $library in
    */libicudata.so.*)
        number=${library##*.}
        echo "const char icudt${number}_dat[64] __attribute__((aligned(16))) = {0};" |
            cc -shared -s -x c -Wl,-soname,"libicudata.so.$number" -o "$root$library" -
        ;;
    esac
done

# What iconv knows: without these only UTF-8 and ASCII.
folder=$(dirname "$(ldd "$program" | sed -n 's/.*libc\.so\.6 => \([^ ]*\) .*/\1/p')")
for place in "/usr$folder/gconv" "$folder/gconv"; do
    if [ -d "$place" ]; then
        copy $(find "$place" -type f)
        break
    fi
done

# Where names are looked up: /etc/hosts, which engines fill, then the name server.
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
echo 'guillemet:x:10001:10001:guillemet:/data:/nonexistent' >"$root/etc/passwd"
echo 'guillemet:x:10001:' >"$root/etc/group"
# A new volume takes over the owner of the folder it covers.
chown 10001:10001 "$root/data"
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    copy /etc/ssl/certs/ca-certificates.crt
fi
cp LICENSE NOTICE "$root/usr/share/doc/guillemet/"
