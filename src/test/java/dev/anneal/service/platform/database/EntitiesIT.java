package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.anneal.service.ServiceTest;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

/** JPA as a guest of the transactions that TenantDatabase and SystemDatabase open. */
class EntitiesIT extends ServiceTest {

    private static final String ALL = "SELECT endpoint.id FROM EndpointRow endpoint ORDER BY endpoint.id";

    @PersistenceContext
    @SuppressWarnings("NullAway.Init")
    private EntityManager entities;

    @BeforeEach
    void endpoints() {
        for (String tenant : List.of(ALPHA, BETA)) {
            TestDatabase.administrator().sql("""
                            INSERT INTO webhook_endpoint (tenant_id, external_id, name, url, event_types, secret, secret_hint)
                            VALUES (:tenant, 'we_' || :tenant, 'name', 'https://example.com', '{fine_tuning.job.failed}', 'v1.sealed', 'hint')
                            """).param("tenant", tenant).update();
        }
    }

    /** No key opens their secrets, which a process would find at its start. */
    @AfterEach
    void noEndpoints() {
        TestDatabase.administrator().sql("DELETE FROM webhook_endpoint").update();
    }

    @Test
    void everyEntityFitsItsTable() {
        LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
        factory.setDataSource(TestDatabase.administratorConnections());
        factory.setPackagesToScan(EntityConfiguration.PACKAGES);
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.setJpaPropertyMap(Map.of(
                "hibernate.hbm2ddl.auto", "validate",
                "hibernate.physical_naming_strategy",
                        "org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl"));

        assertThatCode(factory::afterPropertiesSet).doesNotThrowAnyException();

        assertThat(Objects.requireNonNull(factory.getObject()).getMetamodel().getEntities())
                .isNotEmpty();
        factory.destroy();
    }

    @Test
    void aQueryThatForgetsTheTenantSeesNothingOfAnother() {
        assertThat(tenants.call(ALPHA, this::all)).containsExactly("we_alpha");
        assertThat(tenants.call(BETA, this::all)).containsExactly("we_beta");
        assertThat(tenants.call("gamma", this::all)).isEmpty();
        assertThat(system.call(this::all)).containsExactly("we_alpha", "we_beta");
    }

    @Test
    void thereIsNoSessionOutsideOfATransaction() {
        assertThatThrownBy(this::all)
                .hasMessage("no transaction is open on this thread; TenantDatabase and SystemDatabase open one");
    }

    @Test
    void aSessionSeesWhatItsTransactionHasWritten() {
        tenants.run(ALPHA, () -> {
            assertThat(all()).hasSize(1);
            jdbc.sql("DELETE FROM webhook_endpoint").update();
            assertThat(all()).isEmpty();
        });
        assertThat(system.call(this::all)).containsExactly("we_beta");
    }

    @Test
    void aDatabaseThatIsAwayIsToldFromAWrongQuery() {
        Throwable away = catchThrowable(() -> tenants.run(ALPHA, () -> {
            CutConnections.terminate(
                    jdbc.sql("SELECT pg_backend_pid()").query(Integer.class).single());
            all();
        }));
        assertThat(DatabaseOutage.explains(away)).as("%s", away).isTrue();

        Throwable wrong = catchThrowable(() -> tenants.run(
                ALPHA, () -> entities.createNativeQuery("SELECT nothing").getResultList()));
        assertThat(DatabaseOutage.explains(wrong)).as("%s", wrong).isFalse();
    }

    private List<String> all() {
        return entities.createQuery(ALL, String.class).getResultList();
    }
}
