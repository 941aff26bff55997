package dev.anneal;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service: one jar whose roles ({@code anneal.roles}) decide whether it serves HTTP, works on jobs, or both. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class AnnealApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(AnnealApplication.class, arguments);
    }
}
