// Arrays: literals, `new T[n]`, initialiser lists, indexing and slices.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- Literals ----------------------------------------------------------------------------------------------===//

TypeId Checker::checkArrayLiteral(const ArrayLiteral *expr, TypeId hint) {
  TypeId array = literalTarget(hint);
  TypeId element;
  if (TypeId sequence = array.isValid() ? arrayOfSequence(array) : TypeId(); sequence.isValid())
    array = sequence;
  if (array.isValid()) {
    TypeKind kind = types.kind(array);
    if (kind == TypeKind::Array || kind == TypeKind::FixedArray)
      element = types[array].element;
    else if (kind == TypeKind::Rect)
      element = types.array(types[array].element);
  }
  bool hasErrors = false;
  TypeId spreadElement;
  llvm::SmallVector<const Expr *, 8> values;
  for (const Expr *item : expr->elements) {
    if (auto *spread = llvm::dyn_cast<SpreadExpr>(item)) {
      TypeId source = checkValue(spread->value);
      TypeKind kind = types.kind(source);
      if (source == types::Error) {
        hasErrors = true;
      } else if (kind != TypeKind::Array && kind != TypeKind::FixedArray) {
        report(DiagId::SpreadOfWhat, spread->range) << spell(source);
        hasErrors = true;
      } else {
        spreadElement = types[source].element;
        setType(item, spreadElement);
      }
      continue;
    }
    check(item, element);
    hasErrors |= program.exprs.get(stripParens(item)).type == types::Error;
    values.push_back(item);
  }
  if (hasErrors) {
    for (const Expr *item : values)
      finish(item);
    return types::Error;
  }
  if (spreadElement.isValid() && element.isValid() && literalConverts(expr->elements, array))
    return {}; // so does it then
  TypeId common = values.empty() ? spreadElement : commonType(values);
  if (spreadElement.isValid() && common.isValid())
    common = spreadElement;
  if (!common.isValid() || common == types::Null)
    return {}; // the target decides
  for (const Expr *item : values)
    coerce(item, common);
  if (!checkStorable(common, expr->range, "an element"))
    return types::Error;
  return types.array(common);
}

/// `{ a, b }` after `=` of a declarator, or in `new T[] { … }`.
TypeId Checker::checkInitList(const InitializerList *expr, TypeId to) {
  TypeId array = types.kind(to) == TypeKind::Optional ? types[to].element : to;
  const Type target = types[array];
  auto abandon = [&](TypeId result) {
    for (auto &element : expr->elements)
      if (element.value && !llvm::isa<InitializerList>(element.value))
        checkValue(element.value);
    return setType(expr, result);
  };
  if (to == types::Error)
    return abandon(types::Error);
  if (target.kind == TypeKind::Struct || target.kind == TypeKind::Class) {
    refuse(expr->range, "an object initialiser");
    return abandon(types::Error);
  }
  bool isList = target.kind == TypeKind::Array || target.kind == TypeKind::FixedArray || target.kind == TypeKind::Rect;
  if (!isList) {
    report(DiagId::ListForWhat, expr->range) << spell(to);
    return abandon(types::Error);
  }
  if (target.kind == TypeKind::FixedArray && expr->elements.size() > target.count)
    report(DiagId::TooManyElements, expr->elements[target.count].value->range).operator<<(spell(array)).operator<<(int64_t(expr->elements.size()));
  bool hasErrors = false;
  std::optional<size_t> width;
  for (auto &element : expr->elements) {
    if (element.name || element.index) {
      report(DiagId::NamedInList, element.value ? element.value->range : expr->range) << spell(to);
      hasErrors = true;
      continue;
    }
    if (!element.value)
      continue;
    if (target.kind == TypeKind::Rect) {
      auto *row = llvm::dyn_cast<InitializerList>(element.value);
      auto *literal = llvm::dyn_cast<ArrayLiteral>(element.value);
      if ((!row && !literal) || target.count != 2) {
        if (target.count != 2)
          refuse(element.value->range, "an initialiser for more than two dimensions");
        else
          report(DiagId::RowExpected, element.value->range) << spell(array);
        hasErrors = true;
        continue;
      }
      size_t count = row ? row->elements.size() : literal->elements.size();
      if (!width)
        width = count;
      else if (*width != count)
        report(DiagId::RaggedRows, element.value->range).operator<<(int64_t(count)).operator<<(int64_t(*width));
      TypeId rowType = types.fixedArray(target.element, count ? count : 1);
      hasErrors |= checkTo(element.value, rowType) == types::Error;
      continue;
    }
    hasErrors |= checkTo(element.value, target.element) == types::Error;
  }
  setType(expr, hasErrors ? types::Error : array);
  if (array != to && !hasErrors)
    program.exprs[expr].conversion = {ConversionKind::ToOptional, to, {}};
  return hasErrors ? types::Error : to;
}

//===-- new T[n] ----------------------------------------------------------------------------------------------===//

TypeId Checker::checkNewArray(const NewArray *expr, TypeId hint) {
  checkRegion(expr->region, /*isObject=*/false);
  for (const Expr *size : expr->sizes) {
    TypeId type = checkValue(size);
    if (type == types::Error)
      continue;
    if (!types.isInteger(type)) {
      coerce(size, types::Int32, "for a length");
      continue;
    }
    const ConstValue &value = constantOf(stripParens(size));
    if (value.kind == ConstValue::Kind::Int && !value.isUnsigned && int64_t(value.bits) < 0)
      report(DiagId::BadArraySize, size->range) << int64_t(value.bits);
    coerce(size, types.bits(type) == 64 && !types.isSigned(type) ? type : types::Int64);
  }
  if (!expr->element) {
    // `new[] { … }`: the elements tell.
    if (auto *list = llvm::dyn_cast_or_null<InitializerList>(expr->init)) {
      llvm::SmallVector<const Expr *, 8> values;
      for (auto &element : list->elements)
        if (element.value && !llvm::isa<InitializerList>(element.value)) {
          checkValue(element.value);
          values.push_back(element.value);
        }
      TypeId common = commonType(values);
      if (!common.isValid() || common == types::Null) {
        report(DiagId::EmptyLiteral, expr->range);
        return types::Error;
      }
      if (common == types::Error)
        return types::Error;
      for (const Expr *value : values)
        coerce(value, common);
      return setType(expr->init, types.array(common));
    }
    return expr->init ? checkValue(expr->init) : types::Error;
  }
  TypeId element = resolveHere(expr->element);
  if (!checkStorable(element, expr->element->range, "an element"))
    element = types::Error;
  if (element == types::Error) {
    if (expr->init && !llvm::isa<InitializerList>(expr->init))
      checkValue(expr->init);
    return types::Error;
  }
  // Brackets run outermost first.
  TypeId array = element;
  for (size_t i = expr->ranks.size(); i-- > 0;)
    array = expr->ranks[i] == 1 ? types.array(array) : types.rect(array, expr->ranks[i]);
  if (expr->init) {
    return checkTo(expr->init, array) == types::Error ? types::Error : array;
  }
  return array;
}

//===-- Indexing ----------------------------------------------------------------------------------------------===//

/// An index: an integer, `^n`, or a range. True if it is a range.
bool Checker::checkIndexArgument(const Expr *expr, bool mayRange) {
  const Expr *inner = stripParens(expr);
  auto integer = [&](const Expr *value) {
    auto *fromEnd = llvm::dyn_cast<UnaryExpr>(stripParens(value));
    if (fromEnd && fromEnd->op == UnaryOp::FromEnd) {
      checkIndexValue(fromEnd->operand);
      setType(value, types::Int64);
      setType(stripParens(value), types::Int64);
      return;
    }
    checkIndexValue(value);
  };
  if (auto *range = llvm::dyn_cast<RangeExpr>(inner); range && mayRange) {
    if (range->begin)
      integer(range->begin);
    if (range->end)
      integer(range->end);
    setType(inner, types::Void);
    setType(expr, types::Void);
    return true;
  }
  integer(expr);
  return false;
}

/// Any integer; it becomes a long, so that every index is compared the same way.
void Checker::checkIndexValue(const Expr *expr) {
  TypeId type = checkValue(expr);
  if (type == types::Error)
    return;
  if (!types.isInteger(type)) {
    auto diag = report(DiagId::IndexNotInteger, expr->range);
    diag << spell(type);
    return;
  }
  if (type == types::UInt64 || type == types::NUInt)
    program.exprs[expr].conversion = {ConversionKind::IntToInt, types::Int64, {}};
  else
    coerce(expr, types::Int64);
}

TypeId Checker::checkIndex(const IndexExpr *expr, bool isRead, bool isWritten) {
  bool inChain = std::exchange(openChain, false);
  openChain = true;
  TypeId type = check(expr->object);
  openChain = false;
  bool isOpen = chainIsOpen;
  type = finish(expr->object);
  chainIsOpen = false;
  auto giveUp = [&] {
    checkArguments({}, expr->args);
    abandonArguments(expr->args);
    return setType(expr, types::Error);
  };
  if (type == types::Error)
    return giveUp();
  if (expr->conditional) {
    if (types.kind(type) != TypeKind::Optional) {
      report(DiagId::NeverNull, expr->object->range) << spell(type);
    } else {
      type = types[type].element;
      isOpen = true;
    }
  }
  const Type object = types[type];
  auto builtin = [&](EntityKind element, EntityKind slice, TypeId elementType, TypeId sliceType) -> TypeId {
    if (expr->args.size() != 1 || !expr->args[0]->value || expr->args[0]->mode != ParamMode::Value || expr->args[0]->name) {
      report(DiagId::IndexCount, expr->range) << spell(type) << "one value" << int64_t(expr->args.size());
      return giveUp();
    }
    bool isSlice = checkIndexArgument(expr->args[0]->value, slice != EntityKind::None);
    if (auto *fromEnd = llvm::dyn_cast<UnaryExpr>(stripParens(expr->args[0]->value)); fromEnd && fromEnd->op == UnaryOp::FromEnd) {
      const ConstValue &back = constantOf(stripParens(fromEnd->operand));
      if (object.kind == TypeKind::Pointer) {
        report(DiagId::FromEndOfPointer, fromEnd->range) << spell(type);
        return setType(expr, types::Error);
      }
      if (object.kind == TypeKind::FixedArray && back.kind == ConstValue::Kind::Int && back.bits - 1 >= object.count)
        report(DiagId::IndexOutside, expr->args[0]->range).operator<<("^" + llvm::Twine(int64_t(back.bits))).operator<<(spell(type));
    }
    program.exprs[expr].entity = isSlice ? slice : element;
    if (!isSlice && object.kind == TypeKind::FixedArray) {
      const ConstValue &index = constantOf(stripParens(expr->args[0]->value));
      if (index.kind == ConstValue::Kind::Int && (index.bits >= object.count))
        report(DiagId::IndexOutside, expr->args[0]->range).operator<<(int64_t(index.bits)).operator<<(spell(type));
    }
    const ConstValue &whole = constantOf(stripParens(expr->object)), &at = constantOf(stripParens(expr->args[0]->value));
    if (!isSlice && whole.kind == ConstValue::Kind::Parts && at.kind == ConstValue::Kind::Int && at.bits < whole.parts->size())
      setConstant(expr, (*whole.parts)[at.bits]);
    return endChain(expr, isSlice ? sliceType : elementType, isOpen, inChain);
  };
  switch (object.kind) {
  case TypeKind::Array:
    return builtin(EntityKind::ArrayElement, EntityKind::ArraySlice, object.element, type);
  case TypeKind::FixedArray:
    return builtin(EntityKind::FixedElement, EntityKind::ArraySlice, object.element, types.array(object.element));
  case TypeKind::String:
    return builtin(EntityKind::StringByte, EntityKind::StringSlice, types::Char, types::String);
  case TypeKind::Pointer:
    needUnsafe(expr->range, "indexing a pointer");
    if (object.element == types::Void) {
      report(DiagId::VoidPointer, expr->range);
      return giveUp();
    }
    return builtin(EntityKind::PointerElement, EntityKind::None, object.element, {});
  case TypeKind::Rect:
    if (expr->args.size() != object.count) {
      report(DiagId::IndexCount, expr->range) << spell(type) << (llvm::Twine(object.count) + " values") << int64_t(expr->args.size());
      return giveUp();
    }
    for (const Argument *arg : expr->args) {
      if (arg->value)
        checkIndexArgument(arg->value, false);
      if (arg->value && llvm::isa<UnaryExpr>(stripParens(arg->value)) && llvm::cast<UnaryExpr>(stripParens(arg->value))->op == UnaryOp::FromEnd)
        refuse(arg->range, "'^' in a rectangular array");
    }
    program.exprs[expr].entity = EntityKind::RectElement;
    return endChain(expr, object.element, isOpen, inChain);
  case TypeKind::Class: case TypeKind::Struct: case TypeKind::Interface: {
    if (TypeId element = types.viewElement(type); element.isValid())
      return builtin(EntityKind::ViewElement, EntityKind::ViewSlice, element, type);
    TypeId result = checkIndexer(expr, type, isRead, isWritten);
    return result == types::Error ? result : endChain(expr, result, isOpen, inChain);
  }
  default: {
    if (TypeId result = checkIndexer(expr, type, isRead, isWritten); result != types::Error || !extensionsOf(type, false).empty() || object.kind == TypeKind::TypeParam)
      return result == types::Error ? result : endChain(expr, result, isOpen, inChain);
    return types::Error;
  }
  }
}

//===-- Lists in brackets where something else is wanted --------------------------------------------------------===//

/// The constructor by which a list in brackets becomes a collection: of one array. A collection is what `foreach` goes through.
FunctionId Checker::collectionConstructor(TypeId type) {
  TypeKind kind = types.kind(type);
  if ((kind != TypeKind::Class && kind != TypeKind::Struct) || types.info(type).isAbstract)
    return {};
  NominalId id = types[type].nominal;
  if (!lookupMember(id, names.intern("GetEnumerator")))
    return {};
  for (FunctionId constructor : detail(id).constructors) {
    needSignature(constructor);
    const std::vector<ParameterInfo> &params = program[constructor].params;
    if (params.size() != 1 || params[0].isParams || program[params[0].variable].mode != PassMode::Value || program[params[0].variable].isOwn)
      continue;
    bool isVisible = canSee(detail(constructor).visibility, id, detail(id).file->module, cx->type, *cx->file);
    if (isVisible && types.kind(program[params[0].variable].type) == TypeKind::Array)
      return constructor;
  }
  return {};
}

/// The array type that a list in brackets has on its way to the type: itself, or what a collection is made of.
TypeId Checker::literalTarget(TypeId type) {
  if (!type.isValid())
    return type;
  if (types.kind(type) == TypeKind::Optional)
    type = types[type].element;
  FunctionId constructor = collectionConstructor(type);
  return constructor.isValid() ? program[program[constructor].params[0].variable].type : type;
}

/// The elements of an array literal convert to those of the type.
bool Checker::literalConverts(llvm::ArrayRef<const Expr *> elements, TypeId to) {
  to = literalTarget(to);
  const Type &target = types[to];
  if (target.kind == TypeKind::Rect && target.count == 2) {
    for (const Expr *element : elements) {
      auto *row = llvm::dyn_cast<ArrayLiteral>(stripParens(element));
      if (!row || !llvm::all_of(row->elements, [&](const Expr *item) { return converts(item, target.element); }))
        return false;
    }
    return true;
  }
  if (target.kind != TypeKind::Array && target.kind != TypeKind::FixedArray)
    return false;
  if (target.kind == TypeKind::FixedArray && elements.size() > target.count)
    return false;
  return llvm::all_of(elements, [&](const Expr *element) {
    if (auto *spread = llvm::dyn_cast<SpreadExpr>(element)) {
      TypeId source = program.exprs.get(spread->value).type;
      if (!source.isValid() || source == types::Error)
        return source == types::Error;
      // Nothing is made for the new array: its elements are the old ones, at most seen as something wider.
      std::optional<Conversion> element = implicitConversion(types[source].element, target.element);
      return element && (element->kind == ConversionKind::None || element->kind == ConversionKind::ToOptional ||
                         element->kind == ConversionKind::Upcast);
    }
    return converts(element, target.element);
  });
}

void Checker::retargetArray(const ArrayLiteral *literal, TypeId to) {
  TypeId whole = types.kind(to) == TypeKind::Optional ? types[to].element : to, array = literalTarget(to);
  const Type target = types[array];
  if (target.kind == TypeKind::FixedArray && literal->elements.size() > target.count)
    report(DiagId::TooManyElements, literal->elements[target.count]->range).operator<<(spell(array)).operator<<(int64_t(literal->elements.size()));
  for (const Expr *element : literal->elements) {
    if (llvm::isa<SpreadExpr>(element)) {
      if (target.kind != TypeKind::Array)
        refuse(element->range, "spreading into an array of fixed length");
      setType(element, target.element);
      continue;
    }
    if (target.kind == TypeKind::Rect) {
      auto *row = llvm::dyn_cast<ArrayLiteral>(stripParens(element));
      if (!row) {
        report(DiagId::RowExpected, element->range) << spell(array);
        continue;
      }
      size_t width = llvm::cast<ArrayLiteral>(stripParens(literal->elements[0]))->elements.size();
      if (row->elements.size() != width)
        report(DiagId::RaggedRows, row->range).operator<<(int64_t(row->elements.size())).operator<<(int64_t(width));
      for (const Expr *item : row->elements)
        coerce(item, target.element);
      setType(row, types.fixedArray(target.element, row->elements.size()));
      continue;
    }
    coerce(element, target.element);
  }
  setType(literal, array);
  if (array != whole) {
    FunctionId constructor = collectionConstructor(whole);
    noteCall(constructor, Dispatch::Direct);
    program.exprs[literal].conversion = {ConversionKind::Construct, to, constructor};
  } else if (array != to)
    program.exprs[literal].conversion = {ConversionKind::ToOptional, to, {}};
}

} // namespace dream::sema
