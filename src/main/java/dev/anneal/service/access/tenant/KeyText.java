package dev.anneal.service.access.tenant;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Format of created keys: a prefix for secret scanners, 30 random characters (178 bits), and a six-character checksum,
 * by which mistyped and invented keys are recognised without the database.
 */
final class KeyText {

    /** Keys of projects. */
    static final String PROJECT = "ank_";

    /** Keys of administrators. */
    static final String ADMINISTRATOR = "anka_";

    /** Keys of processes of the installation. */
    static final String SERVICE = "anks_";

    /** Secrets of links. */
    static final String LINK = "ankl_";

    /** Number of last characters that are shown of a key. */
    static final int SHOWN = 4;

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int RANDOM_CHARACTERS = 30;
    private static final int CHECKSUM_CHARACTERS = 6;
    private static final Pattern WHOLE = Pattern.compile("(" + PROJECT + "|" + ADMINISTRATOR + "|" + SERVICE + "|"
            + LINK + ")[0-9A-Za-z]{" + (RANDOM_CHARACTERS + CHECKSUM_CHARACTERS) + "}");

    private KeyText() {}

    /** A new key. */
    static String random(String prefix, SecureRandom random) {
        StringBuilder key = new StringBuilder(prefix);
        for (int i = 0; i < RANDOM_CHARACTERS; i++) {
            key.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return key + checksum(key.toString());
    }

    /** Whether {@code key} has this format and a correct checksum. */
    static boolean isWhole(String key) {
        int end = key.length() - CHECKSUM_CHARACTERS;
        return WHOLE.matcher(key).matches() && key.substring(end).equals(checksum(key.substring(0, end)));
    }

    /** The parts of a key that may be shown. */
    static String redacted(String prefix, String lastFour) {
        return prefix + "..." + lastFour;
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        char[] digits = new char[CHECKSUM_CHARACTERS];
        long rest = crc.getValue();
        for (int i = CHECKSUM_CHARACTERS - 1; i >= 0; i--) {
            digits[i] = ALPHABET.charAt((int) (rest % ALPHABET.length()));
            rest /= ALPHABET.length();
        }
        return new String(digits);
    }
}
