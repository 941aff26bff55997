package dev.anneal.development;

import dev.anneal.AnnealApplication;
import dev.anneal.service.Docker;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The service on a PostgreSQL in a container, for development:
 * {@code ./mvnw process-test-classes spring-boot:test-run}. By its annotation Maven takes this one of the main classes.
 */
@SpringBootApplication
public class DevelopmentApplication {

    public static void main(String[] arguments) {
        SpringApplication.from(AnnealApplication::main)
                .with(DevelopmentApplication.class)
                .run(arguments);
    }

    @Bean
    @ServiceConnection
    PostgreSQLContainer postgres() {
        return Docker.postgres();
    }
}
