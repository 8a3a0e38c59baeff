// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Settings as they stand in the file: reading, units, and errors that say which key and why.
 *
 * <p>Starting point: {@link io.quorate.node.config.ConfigSection}, which a plugin is given.
 */
@NullMarked
package io.quorate.node.config;

import org.jspecify.annotations.NullMarked;
