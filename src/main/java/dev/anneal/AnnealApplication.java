package dev.anneal;

import dev.anneal.cli.Cli;
import dev.anneal.service.platform.database.MigrationApplication;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.util.Arrays;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * The service: one jar whose roles ({@code anneal.roles}) decide what it does: serve the API, work on jobs, generate,
 * migrate the database.
 */
@SpringBootApplication(scanBasePackages = AnnealApplication.SERVICE)
@ConditionalOnRole({Role.API, Role.WORKER, Role.INFERENCE})
@ConfigurationPropertiesScan(AnnealApplication.SERVICE)
@EnableScheduling
public class AnnealApplication {

    /** The engine, which runs in processes of its own, holds no beans. */
    static final String SERVICE = "dev.anneal.service";

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("cli")) {
            System.exit(Cli.run(Arrays.copyOfRange(arguments, 1, arguments.length)));
        }
        // The role decides which of the two is taken.
        SpringApplication application = new SpringApplication(AnnealApplication.class, MigrationApplication.class);
        application.setMainApplicationClass(AnnealApplication.class);
        ConfigurableApplicationContext context = application.run(arguments);
        if (Role.in(context.getEnvironment()).contains(Role.MIGRATE)) {
            System.exit(SpringApplication.exit(context));
        }
        // After a SIGTERM a JVM's own code would be 143; a worker says whether it has given all of its work back.
        context.getBeanProvider(ExitCodeGenerator.class)
                .ifAvailable(worker -> SpringApplication.getShutdownHandlers()
                        .add(() -> Runtime.getRuntime().halt(worker.getExitCode())));
    }
}
