package dev.anneal.service.files.check;

import dev.anneal.service.files.FileProperties;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.LocalChore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class CheckConfiguration {

    /** Two renewals may fail before the lease ends. */
    private static final int RENEWALS_PER_LEASE = 3;

    @Bean
    LocalChore searchForChecks(CheckLoop loop, FileProperties properties) {
        return new LocalChore(properties.checkInterval(), loop::lookForWork);
    }

    @Bean
    LocalChore renewalOfChecks(CheckRunner runner, FileProperties properties) {
        return new LocalChore(properties.checkLease().dividedBy(RENEWALS_PER_LEASE), runner::renew);
    }
}
