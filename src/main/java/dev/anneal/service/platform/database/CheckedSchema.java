package dev.anneal.service.platform.database;

/** Stands for a schema that was found to be complete, before anything else uses the database. */
final class CheckedSchema {

    CheckedSchema(DatabaseAccess access) {
        SchemaCheck.require(access);
    }
}
