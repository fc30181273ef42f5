#!/usr/bin/env bats
# http-01 with real web servers at public addresses: those are in the laboratory only. They are
# looked at by Let's Encrypt's rules, on the ports 80 and 443.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
    [ -e "$LAB/up" ] || return 0
    web_up >"$LAB/web.log" 2>&1 || cat "$LAB/web.log"
}

teardown_file() {
    lab_down
}

setup() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    need nginx apache2 openssl
    [ -e "$LAB/web.up" ] || { cat "$LAB/web.log"; false; }
    cd "$BATS_TEST_TMPDIR"
    configuration <<<'ca = "letsencrypt"'
}

token=LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0
key_authorization=$token.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI

# Addresses of root name servers, as nobody else's: nginx, nginx, httpd, nobody; nginx, nobody.
nginx1=198.41.0.4 nginx2=199.9.14.201 httpd=192.33.4.12 nobody=199.7.91.13
nginx6=2001:500:200::b nobody6=2001:500:2::c

web_up() {
    local address
    mkdir -p "$LAB/site/.well-known/acme-challenge" "$LAB/gone"
    printf %s "$key_authorization" >"$LAB/site/.well-known/acme-challenge/$token"
    echo '<!doctype html><title>Shop</title>' >"$LAB/site/index.html"
    (cd "$LAB" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=wrong.test \
        -keyout web.key -out web.pem)
    for address in $nginx1 $nginx2 $httpd $nobody; do in_lab ip address add $address/32 dev lo; done
    for address in $nginx6 $nobody6; do in_lab ip -6 address add $address/128 dev lo nodad || :; done
    cat >"$LAB/public.names" <<END
www.example.org A a $nginx1
www.example.org AAAA aaaa $nginx6
four.example.org A a $nginx1 $nginx2
fallback.example.org A a $nginx1
fallback.example.org AAAA aaaa $nobody6
elsewhere.example.org A a $nginx1
elsewhere.example.org AAAA aaaa $nginx6
closed.example.org A a $nobody
httpd.example.org A a $httpd
router.example.org A a 199.7.83.42
* A a $nginx1
* * nodata
END
    web_nginx >"$LAB/public.conf"
    web_httpd >"$LAB/httpd.conf"
    mkfifo "$LAB/names.out"
    # They end with the laboratory, on which they must not have a hand.
    in_lab sh -c "cd $LAB && sleep 100000 | exec '$builddir/tests/fixture/fakedns' public.names" >"$LAB/names.out" 3>&- {lab_pipe}>&- &
    head -n 1 "$LAB/names.out" >"$LAB/names.port"
    in_lab nginx -p "$LAB" -c public.conf -e public.error 3>&- {lab_pipe}>&- &
    in_lab apache2 -f "$LAB/httpd.conf" -DFOREGROUND 3>&- {lab_pipe}>&- &
    within 30 in_lab curl -fsS -o "$LAB/null" http://$nginx1/ && within 30 in_lab curl -sS -o "$LAB/null" http://$httpd/ && touch "$LAB/web.up"
}

web_nginx() {
    cat <<END
user root root;
daemon off;
master_process off;
pid public.pid;
events { }
http {
    access_log off;
    default_type text/plain;
    ssl_certificate web.pem;
    ssl_certificate_key web.key;
    client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; scgi_temp_path tmp; uwsgi_temp_path tmp;
    root site;
    server { listen $nginx1:80 default_server; listen $nginx2:80; listen [$nginx6]:80; listen $nginx1:443 ssl; listen [$nginx6]:443 ssl; }
    server { listen $nginx1:80; server_name https.example.org; return 301 https://www.example.org\$request_uri; }
    server { listen $nginx1:80; server_name literal.example.org; return 302 http://$nginx2\$request_uri; }
    server { listen $nginx1:80; server_name literal6.example.org; return 302 http://[$nginx6]\$request_uri; }
    server { listen $nginx1:80; server_name private.example.org; return 302 http://127.0.0.1\$request_uri; }
    server { listen $nginx1:80; server_name slash.example.org; return 301 https://www.example.org.well-known/acme-challenge/x; }
    server { listen $nginx1:80; server_name spa.example.org; default_type text/html; location / { rewrite ^ /index.html break; } }
    server { listen $nginx1:80; server_name denied.example.org; deny all; }
    server { listen $nginx1:80; server_name missing.example.org; root gone; }
    server { listen $nginx1:80; server_name busy.example.org; return 503; }
    server { listen $nginx1:80; server_name loop.example.org; return 302 \$request_uri; }
    server { listen $nginx1:80; server_name zipped.example.org; gzip on; gzip_min_length 1; gzip_types *; }
    server { listen $nginx1:80; server_name other.example.org; return 302 http://other.example.org:8080/; }
    server { listen [$nginx6]:80; server_name elsewhere.example.org; root gone; }
    server { listen $nginx2:81 http2; listen $nginx2:82 ssl; }
}
END
}

web_httpd() {
    local module
    printf '%s\n' "ServerRoot $LAB" "PidFile $LAB/httpd.pid" "ErrorLog $LAB/httpd.error" "ServerName httpd.example.org" "Listen $httpd:80"
    for module in mpm_event authz_core alias; do
        echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
    done
    cat <<END
DocumentRoot $LAB/site
<Directory $LAB/site>
Require all granted
</Directory>
<VirtualHost *:80>
ServerName httpd.example.org
</VirtualHost>
<VirtualHost *:80>
ServerName noslash.example.org
Redirect / https://www.example.org
</VirtualHost>
<VirtualHost *:80>
ServerName closed.example.org
<Location />
Require all denied
</Location>
</VirtualHost>
END
}

# look VERDICT CASE NAME [OPTION...]
look() {
    local verdict=$1 case=$2 name=$3
    shift 3
    run --separate-stderr acmehook --format json --authority "127.0.0.1#$(cat "$LAB/names.port")" --verify-timeout 0 "$@" \
        verify http-01 "$name" "$key_authorization"
    [ "$(jq -r '.verdict + " " + (.case // "-")' <<<"$output")" = "$verdict $case" ] || { echo "$output$stderr"; return 1; }
}

says() {
    jq -e "$@" <<<"$output"
}

has_v6() {
    in_lab ip -6 address show dev lo | grep -q "$nginx6"
}

@test "H01: nginx and Apache httpd, at every public address" {
    look PASS H01 www.example.org
    ! has_v6 || says '.servers | map(.address) == ["2001:500:200::b", "198.41.0.4"]'
    look PASS H01 four.example.org
    says '.servers | length == 2'
    look PASS H01 httpd.example.org
}

@test "H12 H17: https behind a redirect, with a certificate that nobody trusts, of another name" {
    look PASS H12 https.example.org
    says '.servers[0].url | startswith("https://www.example.org/")'
}

@test "H23: a redirect to a public address" {
    look PASS H12 literal.example.org
    look PASS H12 literal.example.org --ca generic
    ! has_v6 || look PASS H12 literal6.example.org
}

@test "H24: a redirect to a private address" {
    look FAIL H24 private.example.org
    says '.ca.detail | contains("[RFC1122]")'
    look FAIL H24 private.example.org --ca generic
}

@test "H05 H08 H09 H10 H16 H20 H22 H51: what nginx can be told" {
    look FAIL H05 spa.example.org
    says '(.reason | contains("title \"Shop\"")) and (.reason | contains("Server: nginx"))'
    look RETRY H08 missing.example.org
    look FAIL H09 denied.example.org
    look RETRY H10 busy.example.org
    look FAIL H16 loop.example.org
    look FAIL H20 other.example.org
    look FAIL H22 slash.example.org
    look PASS H01 zipped.example.org
}

@test "H09 H22: what Apache httpd can be told" {
    look FAIL H22 noslash.example.org --connect-to $httpd
    look FAIL H09 closed.example.org --connect-to $httpd
}

@test "H42 H44: HTTP/2, or TLS, where HTTP should be" {
    look FAIL H42 four.example.org --connect-to $nginx2 --http-port 81
    look FAIL H44 four.example.org --connect-to $nginx2 --http-port 82
}

@test "H34 H36 H38: nobody listens; IPv6 that leads nowhere, or elsewhere" {
    look RETRY H34 closed.example.org
    has_v6 || skip "no IPv6 here"
    look WARN H36 fallback.example.org
    look RETRY H38 elsewhere.example.org
}

@test "H57: from behind a router that does not lead back in: nothing is known, unless it is told where" {
    # the router: a network of its own, which has our public address and does not listen
    in_lab unshare --net sleep 1000 >/dev/null 2>&1 3>&- &
    # what is in the background would keep bats from ending
    teardown() {
        in_lab pkill -f '^sleep 1000$'
    }
    router() {
        in_lab nsenter --net="/proc/$pid/ns/net" "$@"
    }
    other_network() {
        pid=$(in_lab pgrep -f '^sleep 1000$') && [ "$(in_lab readlink "/proc/$pid/ns/net")" != "$(in_lab readlink /proc/self/ns/net)" ]
    }
    within 10 other_network
    in_lab ip link add inside type veth peer name outside || skip "no virtual networks here"
    in_lab ip link set outside netns "$pid"
    in_lab ip address add 10.7.0.2/24 dev inside
    in_lab ip link set inside up
    router ip address add 10.7.0.1/24 dev outside
    router ip address add 199.7.83.42/32 dev outside
    router ip link set outside up
    in_lab ip route add 199.7.83.42/32 via 10.7.0.1
    look UNKNOWN H57 router.example.org
    says '(.reason | contains("refused")) and (.hint | contains("--connect-to"))'
    look PASS H01 router.example.org --connect-to $nginx1
}
