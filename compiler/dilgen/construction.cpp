// Construction. `T.new` makes the object: zeros, then every field initialiser, base classes first, then the constructor,
// which begins with the one it chains to. When a constructor throws, the destructors of the bases that were finished
// have run by the time the error arrives at `T.new`, and the object goes without running its own.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

void FunctionGen::buildCreator(TypeId type, FunctionId constructor, bool inArena) {
  const sema::FunctionInfo *target = constructor.isValid() ? &program[constructor] : nullptr;
  fn.loc = b.loc = target ? target->range.begin : types.info(type).range.begin;
  llvm::SmallVector<ValueId, 4> args = beginBody();
  bool isClass = types.kind(type) == TypeKind::Class;
  if (!isClass && types.info(type).hasDestructor)
    gen.needDestructor(type);
  ValueId arena = inArena ? args.front() : ValueId();
  llvm::ArrayRef<dil::Param> params = llvm::ArrayRef<dil::Param>(fn.params).drop_front(inArena);
  if (inArena)
    args.erase(args.begin());
  for (ValueId arg : args)
    protect(arg); // What is taken over goes to the constructor.

  ValueId made;
  if (isClass) {
    made = b.alloc(type, inArena ? b.call(gen.known(sema::Known::ArenaMemory), arena) : ValueId());
    push(fn.canThrow ? Cleanup::Kind::FailedNew : Cleanup::Kind::DropValue, made);
    self = made;
  } else {
    made = b.slot(type, "");
    b.init(made, b.constZero(type));
    pushDropSlot(made);
    self = made;
  }
  emitFieldInitialisers(type, self);

  if (target) {
    for (ValueId arg : args)
      if (isOwned(arg))
        forget(arg);
    size_t start = mark();
    llvm::SmallVector<ValueId, 4> passed;
    auto passAddress = [&](ValueId address, bool isRead) {
      ValueId access = isRead ? b.accessRead(address) : b.accessModify(address);
      push(Cleanup::Kind::EndAccess, access);
      passed.push_back(access);
    };
    if (isClass)
      passed.push_back(made);
    else
      passAddress(made, false);
    for (size_t i = 0; i < args.size(); ++i) {
      if (ownershipOf(args[i]) == dil::Ownership::Address) {
        passAddress(args[i], params[i].mode == PassMode::In);
        continue;
      }
      passed.push_back(args[i]);
    }
    finishCall(gen.function(constructor), target->mayThrow, passed);
    endTo(start);
  }

  ValueId result = made;
  if (int alive = types.aliveField(type); alive >= 0)
    b.assign(b.field(made, unsigned(alive)), b.constBool(true));
  if (!isClass)
    result = b.loadTake(made);
  cleanups.clear();
  b.ret(result);
  endBody();
}

void FunctionGen::emitFieldInitialisers(TypeId type, ValueId object) {
  const NominalInfo &info = types.info(type);
  if (info.base.isValid())
    emitFieldInitialisers(info.base, object);
  for (VariableId id : gen.initialisedFields(types[type].nominal)) {
    const sema::VariableInfo &field = program[id];
    sema::InLayer in(program, field.layer);
    At at(*this, field.range.begin);
    startStatement();
    collectFacts(program, field.init, facts);
    size_t start = mark();
    ValueId value = emitInitializer(field.init, field.type);
    Place place = types.kind(type) == TypeKind::Class
                      ? fieldOfObject(object, type, field.fieldIndex, false)
                      : [&] {
                          Place whole;
                          whole.base = object;
                          whole.type = type;
                          whole.isLocal = true;
                          return fieldOf(std::move(whole), field.fieldIndex);
                        }();
    b.init(open(place, /*isModify=*/true), value); // The zero that lies there holds no counts.
    endAll(start);
  }
}

void FunctionGen::emitConstructorChain() {
  if (!info->chain)
    return;
  const sema::CallFacts &call = program.calls[info->chain];
  if (!call.function.isValid())
    return;
  const sema::FunctionInfo &target = program[call.function];
  startStatement();
  size_t start = mark();
  llvm::SmallVector<Argument, 8> args;
  args.push_back(prepareReceiver(nullptr, true, target));
  prepareArguments(call, target, args);
  finishCall(call.function, sema::Dispatch::Direct, args, start);
  endAll(start);

  // From here on the base part is whole: if the rest throws, its destructors run.
  if (!info->mayThrow || types.kind(typeOf(self)) != TypeKind::Class)
    return;
  TypeId base = types.info(info->owner).base;
  while (base.isValid() && !gen.destructorOf(base).isValid())
    base = types.info(base).base;
  if (base.isValid()) {
    Cleanup cleanup(Cleanup::Kind::FailedBody, self);
    cleanup.type = base;
    push(cleanup);
  }
}

/// The destructors of a class and its bases, on an object that goes on to exist.
void FunctionGen::runDestructors(ValueId object, TypeId type) {
  for (; type.isValid(); type = types.info(type).base) {
    FuncId destructor = gen.ownDestructor(type);
    if (destructor.isValid())
      b.call(destructor, typeOf(object) == type ? object : b.cast(dil::CastKind::Up, object, type));
  }
}

void FunctionGen::dropFailed(ValueId object) {
  TypeId type = typeOf(object);
  const NominalInfo &info = types.info(type);
  if (types.isWeakTarget(type)) // Nobody finds it any more while its fields end.
    b.call(gen.runtime("dr_weak_end", {gen.param("object", type)}, types::Void), object);
  for (unsigned i = unsigned(info.fields.size()); i-- > 0;)
    if (!types.isPlain(info.fields[i].type))
      b.drop(b.loadTake(b.field(object, i)));
  b.call(gen.runtime("dr_free_unbuilt", {gen.param("object", type)}, types::Void), object);
}

} // namespace dream::dilgen
