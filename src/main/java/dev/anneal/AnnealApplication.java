package dev.anneal;

import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service: one jar whose roles ({@code anneal.roles}) decide what it does: serve the API, work on jobs, generate. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class AnnealApplication {

    public static void main(String[] arguments) {
        ConfigurableApplicationContext context = SpringApplication.run(AnnealApplication.class, arguments);
        // After a SIGTERM a JVM's own code would be 143; a worker says whether it has given all of its work back.
        context.getBeanProvider(ExitCodeGenerator.class)
                .ifAvailable(worker -> SpringApplication.getShutdownHandlers()
                        .add(() -> Runtime.getRuntime().halt(worker.getExitCode())));
    }
}
