// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What a backend, a transport and a storage engine provide to be found on the class path.
 *
 * <p>Starting points: {@link io.quorate.node.plugin.BackendPlugin}, {@link
 * io.quorate.node.plugin.TransportPlugin} and {@link io.quorate.node.plugin.StoragePlugin}. Each is
 * registered in {@code META-INF/services}; it reads its own section of the configuration and
 * returns a Guice module, in which nothing is opened or started yet.
 */
@NullMarked
package io.quorate.node.plugin;

import org.jspecify.annotations.NullMarked;
