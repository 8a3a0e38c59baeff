// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Plugins without a protocol, a network or a disk behind them: for tests of configuration. */
@NullMarked
package io.quorate.node.fake;

import org.jspecify.annotations.NullMarked;
