#!/usr/bin/env bats
# Does acmehook say what a real CA then does? Many names in one order, each with another fault; and
# for each of them acmehook's verdict and pebble's outcome.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
    [ -e "$LAB/up" ] && agree_programs || return 0
    in_lab "$BATS_TEST_DIRNAME/lab/agree/up"
}

teardown_file() {
    lab_down
}

agree_programs() {
    local program
    for program in certbot pebble nginx dnssec-signzone jq; do
        PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v $program >/dev/null || return 1
    done
}

setup() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    need certbot pebble nginx dnssec-signzone jq
    cd "$BATS_TEST_TMPDIR"
    configuration </dev/null
}

# order TYPE: one order with all rows of that type; acmehook's verdicts become the file verdicts,
# the names that the CA refused the file refused
order() {
    local rows=() row
    for row in $(rows "$1"); do rows+=(-d "$row.agree.test"); done
    run in_lab env REQUESTS_CA_BUNDLE="$LAB/ca.pem" PATH=/usr/sbin:/usr/bin:/sbin:/bin ACMEHOOK_CONFIG="$ACMEHOOK_CONFIG" \
        ACMEHOOK="$builddir/acmehook --ca pebble --resolver 127.0.0.56 --verify-timeout 0" \
        certbot certonly --manual --server https://localhost:14056/dir --agree-tos --register-unsafely-without-email --non-interactive \
        --config-dir "$PWD/certbot" --work-dir "$PWD/certbot/work" --logs-dir "$PWD/certbot/log" \
        --preferred-challenges "$1" --manual-auth-hook "$BATS_TEST_DIRNAME/lab/agree/rows" "${rows[@]}"
    [[ $output == *"reported these problems"* ]] || { echo "$output"; return 1; }
    sed -n 's/^ *Domain: \(.*\)\.agree\.test$/\1/p' <<<"$output" | sort >refused
    sort "$LAB/agree/verdicts" >verdicts
    # every row was looked at
    diff <(rows "$1" | sort) <(cut -d ' ' -f 1 verdicts)
}

rows() {
    case $1 in
        dns) seq -f 'd%02g' 1 11; echo d13 d14 d15 d16 d18 d20 d21 d21x d22 d23 d24 d25 d26 d30 d31 d32 d33 d38 d40 d43 | tr ' ' '\n' ;;
        http) seq -f 'h%02g' 1 12; seq -f 'h%02g' 14 19; echo h29 h34 h40 | tr ' ' '\n' ;;
    esac
}

# differences: the rows, with both opinions, where they are not the same
differences() {
    local row verdict case acmehook ca
    while read -r row verdict case; do
        case $verdict in PASS | WARN) acmehook=valid ;; RETRY | FAIL) acmehook=invalid ;; *) acmehook=$verdict ;; esac
        ca=valid
        ! grep -qx "$row" refused || ca=invalid
        printf '%-5s %-7s %-4s pebble: %s\n' "$row" "$verdict" "$case" $ca >&2
        [ $acmehook = $ca ] || echo "$row acmehook: $acmehook, pebble: $ca"
    done <verdicts
}

# The differences are those between pebble and Boulder, the software of Let's Encrypt, to whose rules
# acmehook keeps.

@test "dns-01: acmehook and pebble agree" {
    order dns
    [ "$(wc -l <verdicts)" = 31 ]
    # d06 pebble 2.4 compares each string of a record, Boulder all of them joined
    # d43 pebble 2.4 takes a truncated answer for all there is; Boulder's resolver asks by TCP
    differences | diff - <(cat <<END
d06 acmehook: valid, pebble: invalid
d43 acmehook: valid, pebble: invalid
END
)
}

@test "http-01: acmehook and pebble agree" {
    order http
    [ "$(wc -l <verdicts)" = 21 ]
    # Let's Encrypt's rules, which differ, are compared in agreement.bats.
    [ -z "$(differences)" ]
}
