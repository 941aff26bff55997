package dev.anneal.service.access.security;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The network by which a client's requests are counted: one client has a whole IPv6 network of 64 bits, but a single
 * IPv4 address.
 */
final class ClientNetwork {

    /** All addresses that are none count together, so that senders of long or random ones do not fill the table. */
    private static final String UNKNOWN = "unknown";

    private static final Pattern IPV4 = Pattern.compile("[0-9.]{7,15}");
    private static final int NETWORK_BYTES = 8;

    private ClientNetwork() {}

    /**
     * @param address address of the client, or whatever a proxy says instead
     * @return an IPv4 address, also if it is within an IPv6 one, or the first 64 bits of an IPv6 address
     */
    static String of(String address) {
        if (IPV4.matcher(address).matches()) {
            return address;
        }
        return address.indexOf(':') < 0 ? UNKNOWN : ofIpv6(address);
    }

    private static String ofIpv6(String address) {
        String unscoped = address.replaceFirst("%.*", "");
        try {
            // In brackets it is never looked up as a name.
            InetAddress parsed = InetAddress.getByName("[" + unscoped + "]");
            return parsed instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES)) + "::/64"
                    : parsed.getHostAddress();
        } catch (UnknownHostException e) {
            return UNKNOWN;
        }
    }
}
