# DNS messages are read and written with what every C library has: the unit test, with musl.
load lib

@test "DNS messages, with musl" {
    command -v musl-gcc >/dev/null || skip "musl-gcc is not installed"
    cd "$srcdir"
    musl-gcc -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE -I "$builddir" -I src -I src/common -o "$BATS_TEST_TMPDIR/test" \
        tests/unit/test-message.c src/verify/dns/message.c src/verify/dns/extended_error.c src/common/dns/name.c src/common/buf.c
    run -0 "$BATS_TEST_TMPDIR/test"
    [ "${#lines[@]}" -gt 50 ]
    ! grep '^not ok' <<<"$output"
}
