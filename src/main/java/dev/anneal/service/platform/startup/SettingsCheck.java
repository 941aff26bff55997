package dev.anneal.service.platform.startup;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Looks at every {@code anneal.*} setting before anything else happens, in every role alike: one that nobody reads, or that cannot be what it
 * says, stops the start.
 */
final class SettingsCheck implements EnvironmentPostProcessor, Ordered {

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        KnownSettings known = KnownSettings.load();
        new UnknownSettings(known).refuse(environment);
        new SettingValues(known, environment).check();
    }

    /** After the files of configuration are read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
