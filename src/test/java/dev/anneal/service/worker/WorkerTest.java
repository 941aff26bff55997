package dev.anneal.service.worker;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.queue.lease.LeaseProperties;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.queue.lease.Rescuer;
import dev.anneal.service.worker.watch.WorkerMeters;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.EnableScheduling;

/** A test of workers on the real queue, with leases of a few seconds; nothing is rescued unless the test does it. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@PostgresTest
@SpringBootTest(
        classes = WorkerTest.Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "anneal.queue.lease=4s",
            "anneal.queue.heartbeat-interval=300ms",
            "anneal.queue.safety-margin=1s",
            "anneal.queue.scan-interval=1h",
            "anneal.queue.retry-delay=10ms",
            "anneal.queue.platform-retries=2",
            "anneal.database.heartbeat-timeout=1s",
            "anneal.database.connection-timeout=1s",
            // The probe of liveness names the heartbeats of a whole application.
            "management.endpoint.health.validate-group-membership=false"
        })
@interface WorkerTest {

    /** What of the application a worker needs. */
    record Parts(
            JdbcClient jdbc,
            TenantDatabase tenant,
            SystemDatabase system,
            WorkQueue queue,
            Leases leases,
            Rescuer rescuer,
            WorkerStates states,
            LeaseProperties properties,
            WorkerMeters meters) {}

    /**
     * Database, queue and meters, without the API. No stereotype: the whole application, in other tests, must not find
     * it.
     */
    @EnableAutoConfiguration
    @EnableScheduling
    @ConfigurationPropertiesScan({
        "dev.anneal.service.platform.database",
        "dev.anneal.service.queue.lease",
        "dev.anneal.service.access.quota"
    })
    @ComponentScan(
            basePackages = {
                "dev.anneal.service.platform.database",
                "dev.anneal.service.queue",
                "dev.anneal.service.access.quota"
            },
            excludeFilters =
                    @ComponentScan.Filter(
                            type = FilterType.REGEX,
                            pattern = "dev\\.anneal\\.service\\.queue\\.secret\\..*"))
    @Import({Parts.class, WorkerMeters.class})
    class Application {}
}
