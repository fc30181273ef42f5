#!/usr/bin/env bats
# acmehook-responder beside BIND, and real clients that obtain certificates from a real CA with
# nothing but it: dns-01 by a CNAME into its zone, http-01 and tls-alpn-01 at its address.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    [ -x "$builddir/acmehook-responder" ] || return 0
    export LAB_CA_ASKS=127.0.0.53
    # The responder of root becomes nobody, who has to read it.
    export SPOOL=/tmp/acmehook-standalone.$$
    mkdir -m 755 "$SPOOL"
    lab_up
    [ -e "$LAB/up" ] || return 0
    # One for all tests: resolvers remember servers that do not answer. It ends with the laboratory.
    cat >"$LAB/responder.conf" <<END
spool = "$SPOOL"
dns = { "127.0.0.4" }
http = { "127.0.0.4" }
$([ "$responder_tls" = no ] || echo 'tls = { "127.0.0.4" }')
zone "acme.test" { address = "127.0.0.4" }
END
    # the shell that waits for it must not have the pipe that keeps the laboratory
    in_lab "$builddir/acmehook-responder" --config "$LAB/responder.conf" >"$LAB/responder.log" 2>&1 3>&- {lab_pipe}>&- &
    within 20 grep -q 'ready:' "$LAB/responder.log"
}

teardown_file() {
    lab_down
    [ -z "${SPOOL:-}" ] || rm -rf "$SPOOL"
}

setup() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    . "$BATS_TEST_DIRNAME/lab/clients.bash"
    [ -x "$builddir/acmehook-responder" ] || skip "built without acmehook-responder"
    cd "$BATS_TEST_TMPDIR"
    # instead of the laboratory's own
    teardown() {
        printf '%s\n' "status: ${status:-}" "stdout: ${output:-}"
        cat "$LAB/responder.log" "$LAB/pebble.log" 2>/dev/null || :
    }
}

# The CA asks a resolver here, which remembers the value of the test before for its TTL, 1 s.
forgotten() {
    ! in_lab dig +short +norecurse @127.0.0.53 _acme-challenge.home.example.test TXT | grep -q '"'
}

# serving: the responder of the file is there, and what it needs of a configuration
serving() {
    [ "$(in_lab dig +short +tries=1 @127.0.0.4 acme.test NS)" = ns.acme.test. ]
    within 10 forgotten
    configuration <<END
handler = "$hooks/standalone"
env = { "SPOOL=$SPOOL" }
match "deploy_cert" { handler = "/bin/true" }
END
}

nothing_left() {
    [ -z "$(ls -A "$SPOOL")" ]
    [ -z "$(acmehook pending 2>&1)" ]
}

obtained() {
    [ "$(names cert.pem)" = "$(printf 'DNS:%s\n' "$@")" ]
    nothing_left
}

@test "the same answers as BIND, octet for octet or record for record, to every kind of query" {
    need named python3
    zone=conf.test
    spool=$(mktemp -d /tmp/acmehook-spool.XXXXXX)
    chmod 755 "$spool"
    {
        printf '%s\n' "spool = \"$spool\"" 'dns = { "127.0.0.6" }'
        cat <<END
zone "$zone" {
    address = { "192.0.2.1", "2001:db8::1" }
    record = { "www A 192.0.2.7", "@ CAA 0 issue \"ca.test\"", "a.b.c TXT \"hello world\"" }
}
END
    } >responder.conf
    long=$(printf 'x%.0s' {1..600})
    {
        printf '%s\n' "\$ORIGIN $zone." '$TTL 3600' '@ SOA ns hostmaster 1 3600 600 604800 1' '@ NS ns' 'ns A 192.0.2.1' \
            'ns AAAA 2001:db8::1' 'www A 192.0.2.7' '@ CAA 0 issue "ca.test"' 'a.b.c TXT "hello world"' \
            '_acme-challenge.example.com 1 TXT "LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo"' \
            "_acme-challenge.long 1 TXT \"${long:0:255}\" \"${long:0:255}\" \"${long:0:90}\""
        for i in {10..39}; do echo "_acme-challenge.many 1 TXT \"LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQ$i\""; done
    } >zone
    # Below the zone, and by its own name: both ways lead to the same answers.
    echo "dns-01 _acme-challenge.example.com LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo" >"$spool/below"
    echo "dns-01 _acme-challenge.long.$zone $long" >"$spool/long"
    for i in {10..39}; do
        echo "dns-01 _acme-challenge.many.$zone LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQ$i" >"$spool/$i"
    done
    cat >named.conf <<END
options {
    directory "$PWD"; pid-file none; lock-file none; session-keyfile "session.key";
    listen-on { 127.0.0.5; }; listen-on-v6 { none; }; recursion no; dnssec-validation no; empty-zones-enable no;
    allow-transfer { none; }; notify no; answer-cookie no;
    minimal-responses yes; minimal-any yes; zero-no-soa-ttl no;
};
controls { };
zone "$zone" { type primary; file "zone"; };
END
    in_lab ip address add 127.0.0.5/8 dev lo
    in_lab sh -c 'echo $$ >named.pid; exec "$0" "$@"' "$LAB/named" -g -c "$PWD/named.conf" >named.log 2>&1 3>&- {lab_pipe}>&- &
    bind=$!
    in_lab sh -c 'echo $$ >pid; exec "$0" "$@"' "$builddir/acmehook-responder" --config "$PWD/responder.conf" \
        >log 2>&1 3>&- &
    job=$!
    within 20 grep -q 'ready:' log
    within 10 in_lab dig +short +time=1 +tries=1 @127.0.0.5 $zone SOA || {
        cat named.log
        return 1
    }
    run in_lab python3 "$BATS_TEST_DIRNAME/conformance.py" $zone 127.0.0.6#53 127.0.0.5#53
    in_lab kill "$(cat named.pid)" "$(cat pid)"
    wait "$bind" "$job"
    rm -r "$spool"
    [ "$status" = 0 ]
    [[ ${lines[-1]} == *" queries, 0 differences" ]]
    [ "${lines[-1]%% *}" -gt 2000 ]
}

@test "dig, kdig, delv and acmehook verify agree on an answer, by UDP and TCP" {
    need dig kdig delv
    serving
    value=LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo
    name=_acme-challenge.home.example.test
    "$hooks/standalone" deploy_challenge home.example.test token $value
    served() { in_lab dig +short @127.0.0.4 $name.acme.test TXT | grep .; }
    within 5 served
    for tcp in +notcp +tcp; do
        [ "$(in_lab dig +short $tcp @127.0.0.4 $name.acme.test TXT)" = "\"$value\"" ]
        [ "$(in_lab kdig +short $tcp @127.0.0.4 $name.acme.test TXT)" = "\"$value\"" ]
        [ "$(in_lab delv -i +short $tcp @127.0.0.4 $name.acme.test TXT)" = "\"$value\"" ]
    done
    # through the CNAME, and a resolver
    [ "$(in_lab dig +short $name TXT | tail -n 1)" = "\"$value\"" ]
    acmehook verify dns-01 home.example.test $value
    "$hooks/standalone" clean_challenge home.example.test token $value
    nothing_left
}

@test "sockets as examples/systemd has them: their ports tell what they are for" {
    need dig curl python3
    in_lab ip address add 127.0.0.7/8 dev lo
    listens=$(sed -n 's/^#\{0,1\}\(Listen[DS].*\)=0\.0\.0\.0:/\1 /p' "$srcdir/examples/systemd/acmehook-responder.socket")
    [ "$responder_tls" != no ] || listens=$(grep -v 443 <<<"$listens")
    cat >activate.py <<'END'
import os, socket, sys
words = sys.argv[1].split()
opened = []
for kind, port in zip(words[::2], words[1::2]):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "ListenStream" else socket.SOCK_DGRAM)
    s.bind(("127.0.0.7", int(port)))
    if kind == "ListenStream":
        s.listen()
    opened.append(s)
for fd, s in enumerate(opened, 3):
    os.dup2(s.fileno(), fd + 20)
for fd in range(3, 3 + len(opened)):
    os.dup2(fd + 20, fd)
open("pid", "w").write(str(os.getpid()))
names = ":".join(["acmehook-responder.socket"] * len(opened))
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(opened)), LISTEN_FDNAMES=names)
os.execv(sys.argv[2], sys.argv[2:])
END
    printf '%s\n' "spool = \"$SPOOL\"" 'zone "units.test" { address = "127.0.0.7" }' >responder.conf
    in_lab python3 activate.py "$listens" "$builddir/acmehook-responder" --config "$PWD/responder.conf" >log 2>&1 3>&- {lab_pipe}>&- &
    job=$!
    within 20 grep 'ready:' log
    [ "$(in_lab dig +short @127.0.0.7 units.test NS)" = ns.units.test. ]
    [ "$(in_lab dig +short +tcp @127.0.0.7 units.test NS)" = ns.units.test. ]
    [ "$(in_lab curl -sS http://127.0.0.7/)" = "There is nothing here." ]
    [ "$responder_tls" = no ] || grep 'tls at 127\.0\.0\.7' log
    in_lab kill "$(cat pid)"
    wait "$job"
}

@test "certbot, dns-01 by a CNAME" {
    need certbot pebble openssl
    serving
    run -0 certbot_run dns-01 home.example.test '*.home.example.test'
    obtained '*.home.example.test' home.example.test
}

@test "certbot, http-01" {
    need certbot pebble openssl
    serving
    run -0 certbot_run http-01 home.example.test
    obtained home.example.test
}

@test "dehydrated, dns-01 by a CNAME" {
    need dehydrated pebble openssl
    serving
    chain=yes run -0 dehydrated_run dns-01 home.example.test '*.home.example.test'
    obtained '*.home.example.test' home.example.test
}

@test "dehydrated, http-01" {
    need dehydrated pebble openssl
    serving
    run -0 dehydrated_run http-01 home.example.test
    obtained home.example.test
}

@test "lego, dns-01 by a CNAME" {
    need lego pebble openssl
    serving
    run -0 lego_run home.example.test
    obtained home.example.test
}

@test "uacme, dns-01 by a CNAME" {
    need uacme pebble openssl
    serving
    sed -i 's|^handler = \(.*\)|match "dns-01" { handler = \1 }|' "$ACMEHOOK_CONFIG"
    run -0 uacme_run home.example.test
    obtained home.example.test
}

@test "uacme, http-01" {
    need uacme pebble openssl
    serving
    sed -i 's|^handler = \(.*\)|match "http-01" { handler = \1 }|' "$ACMEHOOK_CONFIG"
    run -0 uacme_run home.example.test
    obtained home.example.test
}

# with_tls: and nothing else
with_tls() {
    [ "$responder_tls" != no ] || skip "built without tls-alpn-01"
    serving
    sed -i 's|^handler = \(.*\)|match "tls-alpn-01" { handler = \1 }|' "$ACMEHOOK_CONFIG"
}

@test "uacme, tls-alpn-01" {
    need uacme pebble openssl
    with_tls
    run -0 uacme_run home.example.test
    obtained home.example.test
}

@test "dehydrated, tls-alpn-01" {
    need dehydrated pebble openssl
    with_tls
    run -0 dehydrated_run tls-alpn-01 home.example.test
    obtained home.example.test
}

@test "dehydrated calls hooks/standalone itself, tls-alpn-01" {
    need dehydrated pebble openssl
    with_tls
    hook=$hooks/standalone run -0 dehydrated_run tls-alpn-01 home.example.test
    obtained home.example.test
}

@test "the CA says no to another digest, tls-alpn-01, and nothing is left" {
    need uacme pebble openssl
    with_tls
    executable wrong <<END
#!/bin/sh
exec "$hooks/standalone" "\$1" "\$2" "\$3" "aa\${4#??}"
END
    sed -i "s|handler = \"$hooks/standalone\"|handler = \"$PWD/wrong\"|; 1i verify = off" "$ACMEHOOK_CONFIG"
    run ! uacme_run home.example.test
    [[ $output == *"acmeValidationV1"* || $output == *"unauthorized"* ]]
    nothing_left
}
