// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Starting a replica: configuration, wiring with Guice, life cycle.
 *
 * <p>Starting points: {@link io.quorate.node.QuorateConfig} and {@link
 * io.quorate.node.QuorateNode}; {@link io.quorate.node.QuorateModule} for users who wire with Guice
 * themselves.
 */
@NullMarked
package io.quorate.node;

import org.jspecify.annotations.NullMarked;
