-- Run after every migration, under its lock. A process that does not migrate (spring.flyway.enabled=false) looks here whether the schema is its version's.
GRANT SELECT ON ${flyway:table} TO "${applicationLogin}";
