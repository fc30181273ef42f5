# shellcheck shell=bash disable=SC2154 # builddir is of lib.bash
# Name servers with rules, see tests/fixture/fakedns.c. They end with the test, as their standard
# input does.

# server NAME: one with the rules of stdin; $NAME is its address afterwards
server() {
    local port said keep
    rules "$1"
    rm -f "$1.in"
    mkfifo "$1.in"
    exec {said}< <(exec "$builddir/tests/fixture/fakedns" "$1.rules" <"$1.in" 3>&-)
    exec {keep}>"$1.in"
    read -r port <&"$said"
    printf -v "$1" '%s' "127.0.0.1#$port"
}

# rules NAME: from now on those of stdin
rules() {
    cat >"$1.new"
    mv "$1.new" "$1.rules"
}

# dns: the same as server or rules, for the server called authority
dns() {
    if [ -z "${authority-}" ]; then server authority; else rules authority; fi
}
