// Views: Span<T> and ReadOnlySpan<T>. The value is a pointer and a count; what it looks into is held open by cleanups that stand
// as long as the variable it goes to, or to the end of the statement. The checker has seen to it that no view lives longer.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

/// Of a value that is not held.
ValueId FunctionGen::viewOf(ValueId value, TypeId view) {
  if (typeOf(value) == view)
    return value;
  if (types.kind(typeOf(value)) == TypeKind::FixedArray)
    return b.span(view, openAccess(spill(isBorrowed(value) ? b.copy(value) : value), /*isModify=*/false));
  return b.span(view, types.isView(typeOf(value)) ? value : hold(value));
}

/// Elements first .. last, longs that are not checked yet.
ValueId FunctionGen::partOfView(ValueId view, ValueId first, ValueId last) {
  b.check(dil::CheckKind::Slice, last, b.convert(b.len(view), types::Int64));
  b.check(dil::CheckKind::Slice, first, last);
  ValueId from = b.convert(first, types::Int32);
  return b.span(typeOf(view), view, from, b.arith(dil::ArithOp::Sub, b.convert(last, types::Int32), from));
}

/// s[i..j]
ValueId FunctionGen::emitViewSlice(const IndexExpr *expr) {
  ValueId view = emit(expr->object, Want::Own);
  auto [first, last] = emitRangeEnds(expr, b.convert(b.len(view), types::Int64));
  return partOfView(view, first, last);
}

/// a.AsSpan(), a.AsSpan(start), a.AsSpan(start, length): of an array, fixed array, list or string.
ValueId FunctionGen::emitAsSpan(const sema::CallFacts &call, const sema::FunctionInfo &callee, TypeId view) {
  TypeId type = call.receiver ? program.facts(call.receiver).type : typeOf(self);
  Place place;
  ValueId whole, count;
  if (types.kind(type) == TypeKind::String) {
    whole = viewOf(emit(call.receiver, Want::Own), view);
  } else if (types.kind(type) == TypeKind::Class) {
    // A list: what it uses of its array.
    auto field = [&](llvm::StringRef name) {
      const std::vector<FieldInfo> &fields = types.info(type).fields;
      return unsigned(llvm::find_if(fields, [&](const FieldInfo &one) { return one.name.text() == name; }) - fields.begin());
    };
    ValueId list = call.receiver ? emit(call.receiver, Want::Borrow) : self;
    count = load(fieldOfObject(list, type, field("size"), false), Want::Own);
    place = fieldOfObject(list, type, field("items"), false);
  } else {
    place = preparePlace(call.receiver, Want::Borrow);
  }
  llvm::SmallVector<Argument, 2> args;
  prepareArguments(call, callee, args);
  if (!whole.isValid()) {
    ValueId access = openAccess(place, /*isModify=*/true);
    ValueId base = types.kind(place.type) == TypeKind::FixedArray ? access : b.unique(access);
    whole = count.isValid() ? b.span(view, base, constInt(0), count) : b.span(view, base);
  }
  if (args.empty())
    return whole;
  ValueId first = b.convert(args[0].value, types::Int64);
  ValueId last = args.size() > 1 ? b.arith(dil::ArithOp::Add, first, b.convert(args[1].value, types::Int64))
                                 : b.convert(b.len(whole), types::Int64);
  return partOfView(whole, first, last);
}

} // namespace dream::dilgen
