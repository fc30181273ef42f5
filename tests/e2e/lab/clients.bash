# What the end-to-end tests need to run real clients: CLIENT_run obtains a
# certificate from the laboratory's CA, with acmehook as the client's hook,
# called as acmehook-dialects(7) says, and with the configuration of the test.
# All that a client keeps stays in the directory of the test; the certificate
# is cert.pem there.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of settings.bash and lab.bash

directory_url=https://localhost:14000/dir

# Names by which clients call acmehook.
links() {
    local name
    mkdir -p links hooks.d
    for name in certbot-deploy dehydrated lego mod_md uacme; do
        ln -sf "$builddir/acmehook" "links/$name"
    done
    ln -sf "$builddir/acmehook" hooks.d/acmetool
}

# kept FILE...: the certificate is there
kept() {
    cp "$1" cert.pem
}

# certbot_run dns-01|http-01 NAME...    [$auth: the auth hook; $certificate: its name]
certbot_run() {
    local type=$1 name names=()
    shift
    for name; do names+=(-d "$name"); done
    certbot certonly --server $directory_url --agree-tos --register-unsafely-without-email \
        --cert-name "${certificate:-cert}" --key-type ecdsa --manual --preferred-challenges "${type%-01}" "${names[@]}" \
        --manual-auth-hook "${auth:-acmehook --from certbot auth}" \
        --manual-cleanup-hook 'acmehook --from certbot cleanup' \
        --deploy-hook 'acmehook --from certbot deploy' &&
        kept "certbot/live/${certificate:-cert}/cert.pem"
}

certbot() {
    in_lab env PATH="$builddir:/usr/sbin:/usr/bin:/sbin:/bin" REQUESTS_CA_BUNDLE="$LAB/ca.pem" \
        certbot "$@" --non-interactive --no-random-sleep-on-renew \
        --config-dir "$PWD/certbot" --work-dir "$PWD/certbot/work" --logs-dir "$PWD/certbot/log"
}

# dehydrated_run TYPE NAME...    [$chain: yes, default no; $well_known: its directory for http-01;
# $hook: in the place of acmehook]
dehydrated_run() {
    local type=$1
    shift
    links
    mkdir -p "${well_known:-wellknown}"
    echo "$* > cert" >domains.txt
    printf '%s\n' "CA=$directory_url" "CURL_OPTS='--cacert $LAB/ca.pem'" "HOOK=${hook:-$PWD/links/dehydrated}" "BASEDIR=$PWD" \
        "WELLKNOWN=${well_known:-$PWD/wellknown}" "DOMAINS_TXT=$PWD/domains.txt" \
        KEY_ALGO=prime256v1 KEYSIZE=2048 "HOOK_CHAIN=${chain:-no}" >config
    in_lab dehydrated --config config --register --accept-terms &&
        in_lab dehydrated --config config --cron --challenge "$type" &&
        kept certs/cert/cert.pem
}

# lego_run NAME...    [$mode: RAW; $lego_options: an array]
lego_run() {
    local name names=()
    for name; do names+=(-d "$name"); done
    links
    in_lab env LEGO_CA_CERTIFICATES="$LAB/ca.pem" EXEC_PATH="$PWD/links/lego" EXEC_MODE="${mode:-}" \
        EXEC_POLLING_INTERVAL=1 EXEC_SEQUENCE_INTERVAL=1 \
        lego --path "$PWD/lego" --server $directory_url --accept-tos --email a@example.test \
        --dns exec --dns.resolvers 127.0.0.53:53 "${lego_options[@]}" "${names[@]}" \
        run --run-hook "$PWD/links/lego deploy" &&
        kept "lego/certificates/$1.crt"
}

# uacme_run NAME...: it has no option for the CA's certificate, only the system's bundle
uacme_run() {
    links
    cat /etc/ssl/certs/ca-certificates.crt "$LAB/ca.pem" >bundle
    uacme new && uacme -h "$PWD/links/uacme" issue "$@" &&
        kept "uacme/$1/cert.pem"
}

uacme() {
    # shellcheck disable=SC2016 # for the other sh
    in_lab unshare -m sh -c 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"' "$PWD/bundle" \
        uacme -y -v -t EC -a $directory_url -c "$PWD/uacme" "$@"
}

# acmetool_run NAME...: it writes below /run, too, for a web server of its own; so it gets another /run
acmetool_run() {
    links
    mkdir -p acmetool/conf
    cat >acmetool/conf/target <<E
request:
  provider: $directory_url
  key:
    type: ecdsa
  challenge:
    http-ports: ["127.0.0.1:4402"]
E
    cat >acmetool/conf/responses <<'E'
"acme-enter-email": "a@example.test"
"acme-agreement:data:text/plain,Do%20what%20thou%20wilt": true
E
    executable acmetool_alone <<'E'
#!/bin/sh
cp /etc/resolv.conf .
mount -t tmpfs tmpfs /run
# it may be a link to there
if ! [ -e /etc/resolv.conf ]; then
    target=$(readlink -m /etc/resolv.conf)
    mkdir -p "${target%/*}"
    cp resolv.conf "$target"
fi
exec acmetool "$@"
E
    in_lab env SSL_CERT_FILE="$LAB/ca.pem" unshare -m ./acmetool_alone --state="$PWD/acmetool" --hooks="$PWD/hooks.d" \
        --batch --xlog.severity=debug want "$@" &&
        kept "acmetool/live/$1/cert"
}

modules=/usr/lib/apache2/modules

# mod_md_run CONDITION NAME...: httpd runs until the CONDITION is met, a command that gets the first
# NAME    [$teardown: the version of MDChallengeDns01, default 2]
mod_md_run() {
    local condition=$1 module job
    shift
    links
    {
        printf '%s\n' "ServerRoot $PWD" "PidFile $PWD/pid" "ErrorLog $PWD/error.log" "ServerName $1"
        for module in mpm_event authz_core socache_shmcb ssl md; do
            echo "LoadModule ${module}_module $modules/mod_$module.so"
        done
        cat <<E
Listen 127.0.0.1:8443
LogLevel warn md:debug
MDomain $*
MDCertificateAuthority $directory_url
MDCACertificateFile $LAB/ca.pem
MDCertificateAgreement accepted
MDContactEmail a@example.test
MDCAChallenges dns-01
MDChallengeDns01 $PWD/links/mod_md
MDChallengeDns01Version ${teardown:-2}
MDRetryDelay 1s
MDMessageCmd /usr/bin/env MDStoreDir=$PWD/md $PWD/links/mod_md
MDStoreDir $PWD/md
<VirtualHost *:8443>
ServerName $1
SSLEngine on
</VirtualHost>
E
    } >httpd.conf
    in_lab apache2 -f "$PWD/httpd.conf" -DFOREGROUND >out 2>&1 3>&- &
    job=$!
    within 60 mod_md_ended_or "$condition" "$1" || echo "not in time: $condition"
    in_lab kill "$(cat pid)"
    wait $job
    cat out error.log
    [ -e cert.pem ]
}

mod_md_ended_or() {
    ! kill -0 "$job" || "$@"
}

mod_md_obtained() {
    [ -s "md/staging/$1/pubcert.pem" ] && kept "md/staging/$1/pubcert.pem"
}
