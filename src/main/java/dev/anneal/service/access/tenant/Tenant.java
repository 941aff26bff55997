package dev.anneal.service.access.tenant;

/**
 * Owner of a request and of everything that a client sees.
 *
 * @param id short name; {@code organization_id} in the API
 */
public record Tenant(String id) {

    /** Owner of everything in an installation without API keys. */
    public static final Tenant DEFAULT = new Tenant("default");

    private static final String PATTERN = "[a-z0-9][a-z0-9-]{0,62}";

    public Tenant {
        if (!isId(id)) {
            throw new IllegalArgumentException(
                    "a tenant's id is 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or"
                            + " digit, but is '"
                            + id + "'");
        }
    }

    /** Whether a tenant may have this id. */
    public static boolean isId(String id) {
        return id.matches(PATTERN);
    }
}
