package dev.anneal.service.platform.postgres;

/**
 * Where the database is and who connects to it.
 *
 * @param url JDBC address without credentials
 * @param application login of the running service, which acts through the roles that were granted to it
 * @param owner login that owns the tables and migrates them; may be the same
 * @param isEmbedded whether this installation runs the server itself
 */
public record DatabaseAccess(String url, Login application, Login owner, boolean isEmbedded) {

    /** Server and database, without the parameters of the address, which may hold a password. */
    public String place() {
        return url.replaceFirst("^jdbc:[a-z]+:(//)?", "")
                .replaceFirst("\\?.*$", "")
                .replaceFirst("^.*@", "");
    }

    /** A name and its password. */
    public record Login(String name, String password) {

        @Override
        public String toString() {
            return name;
        }
    }
}
