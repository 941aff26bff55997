package dev.anneal.service.platform.database;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.test.context.ContextConfiguration;

/**
 * A test on real PostgreSQL, {@link TestDatabase}, whose tables are empty before each of its methods. Together with
 * {@code @SpringBootTest} the application uses that database too.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(EmptyTables.class)
@ContextConfiguration(initializers = TestDatabase.class)
public @interface PostgresTest {}
