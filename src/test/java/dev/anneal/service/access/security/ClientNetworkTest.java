package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as one client. */
class ClientNetworkTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:db8:1:2:3:4:5:6, 20010db800010002::/64",
        "2001:db8:1:2::, 20010db800010002::/64",
        "2001:DB8:1:3::1, 20010db800010003::/64",
        "fe80::1%eth0, fe80000000000000::/64",
        "::1, 0000000000000000::/64",
        "::ffff:192.0.2.1, 192.0.2.1",
        "no address, unknown",
        "no:address, unknown",
        "[2001:db8::1], unknown"
    })
    void isAnIpv4AddressOrHalfOfAnIpv6One(String address, String network) {
        assertThat(ClientNetwork.of(address)).isEqualTo(network);
    }
}
