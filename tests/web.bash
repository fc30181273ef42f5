# A name server and a web server with faults, one of each for a file of tests.
# shellcheck shell=bash disable=SC2034,SC2154

# start NAME PROGRAM [WORD...]: in $BATS_FILE_TMPDIR until stop; what it prints first is in NAME.ports
start() {
    local name=$1 fd
    shift
    mkfifo "$BATS_FILE_TMPDIR/$name.in" "$BATS_FILE_TMPDIR/$name.out"
    (cd "$BATS_FILE_TMPDIR" && exec "$@" <"$name.in" >"$name.out" 3>&-) &
    pids+=("$!")
    exec {fd}>"$BATS_FILE_TMPDIR/$name.in"
    head -n 1 "$BATS_FILE_TMPDIR/$name.out" >"$BATS_FILE_TMPDIR/$name.ports"
    started+=("$fd")
}

# They end when their input does.
stop() {
    local fd
    for fd in "${started[@]}"; do
        exec {fd}>&-
    done
    wait "${pids[@]}"
}

# servers: both of them, and two more web servers: for "refusing" nobody listens on ::1 and 127.0.0.4,
# for "silent" attempts to connect to these are not answered
servers() {
    command -v openssl >/dev/null || skip "openssl is not installed"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=wrong.example \
        -keyout "$BATS_FILE_TMPDIR/key" -out "$BATS_FILE_TMPDIR/cert" 2>/dev/null
    cat "$BATS_FILE_TMPDIR/key" "$BATS_FILE_TMPDIR/cert" >"$BATS_FILE_TMPDIR/server.pem"
    : >"$BATS_FILE_TMPDIR/names"
    : >"$BATS_FILE_TMPDIR/web"
    start dns "$builddir/tests/fixture/fakedns" names
    start web "$builddir/tests/fixture/fakeweb" web cert=server.pem
    start refusing "$builddir/tests/fixture/fakeweb" web cert=server.pem refuse=::1 refuse=127.0.0.4
    start silent "$builddir/tests/fixture/fakeweb" web cert=server.pem full=::1 full=127.0.0.4
}

# has_v6: is there a loopback of IPv6 here?
has_v6() {
    [ -e /proc/net/if_inet6 ] && grep -q '^0\{31\}1 ' /proc/net/if_inet6
}

# through NAME: from now on this web server is meant
through() {
    read -r http tls <"$BATS_FILE_TMPDIR/$1.ports"
}

# names, web: rules on stdin, see tests/fixture/; in the file that the servers read
names() {
    cat >"$BATS_FILE_TMPDIR/names.new"
    mv "$BATS_FILE_TMPDIR/names.new" "$BATS_FILE_TMPDIR/names"
}
web() {
    cat >"$BATS_FILE_TMPDIR/web.new"
    mv "$BATS_FILE_TMPDIR/web.new" "$BATS_FILE_TMPDIR/web"
}

# Sets what the servers are called by, and the names of most tests.
web_setup() {
    own_directory
    config </dev/null
    authority=127.0.0.1#$(cat "$BATS_FILE_TMPDIR/dns.ports")
    through web
    requests=$BATS_FILE_TMPDIR/web.log
    : >"$requests"
    usual_names
}

usual_names() {
    names <<END
www.example.org A a 127.0.0.1
other.example.org A a 127.0.0.2
* * nodata
END
}

# look VERDICT CASE [OPTION...]: what verify says, of http-01 and $domain unless $type says otherwise;
# at a CA that has Let's Encrypt's rules, but also goes to the loopback, unless the options say so
look() {
    local verdict=$1 case=$2 want
    shift 2
    run --separate-stderr "$acmehook" --format json --authority "$authority" --http-port "$http" --tls-port "$tls" \
        --ca letsencrypt --allow-reserved --verify-timeout 0 "$@" verify "${type:-http-01}" "${domain:-www.example.org}" "${value:-$key_auth}"
    want=$(jq -r '.verdict + " " + (.case // "-")' <<<"$output")
    [ "$want" = "$verdict $case" ] || { echo "$output"; echo "$stderr"; return 1; }
    case $verdict in PASS | WARN) status_is 0 ;; FAIL) status_is 3 ;; RETRY) status_is 4 ;; UNKNOWN) status_is 6 ;; esac
}

# says FILTER [ARGUMENT...]: jq agrees, of the last look
says() {
    local filter=$1
    shift
    jq -e "$@" "$filter" <<<"$output" || { echo "$output"; return 1; }
}

# ca_says TYPE TEXT: the CA's problem has that type, and the text in its detail
ca_says() {
    says '.ca.type == $t and (.ca.detail | contains($d))' --arg t "$1" --arg d "$2"
}
