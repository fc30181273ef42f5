#!/usr/bin/env bats
# A part of `make crash` that does not take long.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
}

teardown_file() {
    lab_down
}

@test "killed at 40 random moments: nothing is left, in the zone and in the journal" {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    need jq
    in_lab "$BATS_TEST_DIRNAME/crash" "$builddir" 40
}
