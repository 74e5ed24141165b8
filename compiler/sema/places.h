// What a place is rooted in, and what stands on the way to it: whether it may be written, and how long a view of it is good.
#pragma once

#include "compiler/sema/checker.h"

namespace dream::sema {

/// Where an expression's storage is rooted.
struct Checker::Place {
  enum class Root : uint8_t {
    Variable,  ///< A local, parameter, module variable, or a struct's `this`.
    Object,    ///< A field of a class object: shared.
    Pointer,
    ReadOnlyView, ///< An element of a ReadOnlySpan.
    Property,  ///< The result of a property or indexer.
    Temporary,
    Text,      ///< A byte of a string.
    Constant,
    Length,
  } root = Root::Temporary;
  VariableId variable;
  VariableId letField;         ///< A `let` field on the way.
  bool letIsLast = false;      ///< ... and nothing after it.
  bool letIsOnThis = false;    ///< ... of `this`.
  unsigned steps = 0;          ///< Fields and elements below the root.
  bool isPacked = false;       ///< A field of a packed struct that may lie at any address.
  bool isInView = false;       ///< The root is an element of a view.
  bool firstIsElement = false; ///< The step below the root is an element of an array.
  const ast::Expr *narrowed = nullptr; ///< A tagged optional on the way, which tests have found to hold a value.
  SourceRange range;
};

} // namespace dream::sema
