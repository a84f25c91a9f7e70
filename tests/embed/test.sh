#!/bin/sh
# test.sh BUILD LIBDIR: installs the build, moves the install tree, and builds and runs embed.c against it with find_package() and with pkg-config.
# CC and CMAKE name the tools.
set -eu
build=$1
libdir=$2
here=$(cd -- "$(dirname -- "$0")" && pwd)
work=$build/tests/embed
tree="$work/moved tree"

rm -rf "$work"
"$CMAKE" --install "$build" --prefix "$work/first place" >/dev/null
mv "$work/first place" "$tree"

echo 'With find_package():'
"$CMAKE" -S "$here" -B "$work/by cmake" -G Ninja "-DCMAKE_C_COMPILER=$CC" "-DCMAKE_PREFIX_PATH=$tree" >"$work/log" || { cat "$work/log"; exit 1; }
"$CMAKE" --build "$work/by cmake" >"$work/log" || { cat "$work/log"; exit 1; }
"$work/by cmake/embed"

echo 'With pkg-config:'
PKG_CONFIG_PATH=$tree/$libdir/pkgconfig
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags --libs kmsrules)
eval "\"\$CC\" -std=c11 \"\$here/embed.c\" -o \"\$work/by pkg-config\" $flags" # pkg-config quotes blanks for the shell
LD_LIBRARY_PATH=$tree/$libdir "$work/by pkg-config"

for file in share/kmsrules/rules/windows.xml share/kmsrules/data/editions.xml include/kmsrules/kmsrules.h; do
    [ -f "$tree/$file" ] || { echo "not installed: $file"; exit 1; }
done
if [ -x "$tree/bin/kmsrules" ]; then "$tree/bin/kmsrules" --version; fi
