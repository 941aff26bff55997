package dev.anneal.service.platform.database;

/** A bean that exists once the schema has been found complete; beans that use the database wait for it. */
final class CheckedSchema {

    CheckedSchema(DatabaseAccess access) {
        SchemaCheck.require(access);
    }
}
