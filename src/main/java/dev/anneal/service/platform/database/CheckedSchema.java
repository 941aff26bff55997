package dev.anneal.service.platform.database;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** Stands for a schema that was found to be complete, before anything else uses the database. */
@Component
@ConditionalOnProperty(name = "spring.flyway.enabled", havingValue = "false")
final class CheckedSchema {

    CheckedSchema(DatabaseAccess access) {
        SchemaCheck.require(access);
    }
}
