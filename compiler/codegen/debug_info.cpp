// Compile unit, functions, lines and variables. Types are debug_types.cpp's.
#include "compiler/codegen/module_emitter.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace dream::codegen {

DebugInfo::DebugInfo(ModuleEmitter &emitter) : emitter(emitter), builder(emitter.module) {}

llvm::DIFile *DebugInfo::file(FileId id) {
  llvm::DIFile *&made = files[id];
  if (!made) {
    llvm::StringRef name = emitter.sources.name(id);
    llvm::SmallString<128> directory;
    if (llvm::sys::path::is_absolute(name)) {
      directory = llvm::sys::path::parent_path(name);
      name = llvm::sys::path::filename(name);
    } else {
      llvm::sys::fs::current_path(directory);
    }
    made = builder.createFile(name, directory);
  }
  return made;
}

void DebugInfo::createUnit(SourceLoc loc) {
  bool full = emitter.options.debug == CodegenOptions::Debug::Full;
  // The language decides how a debugger reads expressions and prints values: C++ has references and `.` in names.
  unit = builder.createCompileUnit(llvm::dwarf::DW_LANG_C_plus_plus_14, file(emitter.sources.fileOf(loc)), "dreamc",
                                   emitter.optimizes(), "", 0, "",
                                   full ? llvm::DICompileUnit::FullDebug : llvm::DICompileUnit::LineTablesOnly);
  anySignature = builder.createSubroutineType(builder.getOrCreateTypeArray({}));
  emitter.module.addModuleFlag(llvm::Module::Max, "Dwarf Version", 5);
  emitter.module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
}

FunctionDebug DebugInfo::beginFunction(const dil::Function &function, llvm::Function *target) {
  FunctionDebug result;
  if (emitter.options.debug == CodegenOptions::Debug::None)
    return result;
  SourceLoc start = function.loc;
  for (const dil::Block &block : function.blocks) {
    if (start.isValid())
      break;
    for (const dil::Inst *inst : block.insts)
      if (inst->loc.isValid() && !start.isValid())
        start = inst->loc;
  }
  if (!start.isValid())
    return result;
  if (!unit)
    createUnit(start);
  LineColumn position = emitter.sources.lineColumn(start);
  // What stands behind a `$` only makes the symbol unique.
  llvm::StringRef symbol = function.symbol, name = symbol.split('$').first;
  auto flags = llvm::DISubprogram::SPFlagDefinition;
  if (!function.isExported)
    flags |= llvm::DISubprogram::SPFlagLocalToUnit;
  if (emitter.optimizes())
    flags |= llvm::DISubprogram::SPFlagOptimized;
  llvm::DIFile *file = this->file(position.file);
  result.scope = builder.createFunction(file, name, symbol == name ? "" : symbol, file, position.line, anySignature, position.line,
                                        llvm::DINode::FlagPrototyped, flags);
  target->setSubprogram(result.scope);
  result.owner = this;
  result.function = &function;
  result.variables = emitter.options.debug == CodegenOptions::Debug::Full;
  if (result.variables) {
    result.slots.resize(unsigned(function.params.size()) + 1);
    for (const dil::Block &block : function.blocks)
      for (const dil::Inst *inst : block.insts)
        if (auto *slot = llvm::dyn_cast<dil::SlotInst>(inst); slot && slot->argument && slot->argument < result.slots.size())
          result.slots.set(slot->argument);
  }
  return result;
}

/// Without variables only lines matter: with columns LLVM takes twice as long to write its line table.
llvm::DebugLoc FunctionDebug::location(SourceLoc loc) {
  if (!scope)
    return {};
  if (lastLocation && loc.offset >= lastBegin && loc.offset < lastEnd)
    return lastLocation;
  unsigned line = 0, column = 0;
  lastBegin = loc.offset;
  lastEnd = loc.offset + 1;
  if (loc.isValid()) {
    const SourceManager &sources = owner->emitter.sources;
    LineColumn position = sources.lineColumn(loc);
    line = position.line;
    if (variables) {
      column = position.column;
    } else {
      lastBegin = loc.offset - (position.column - 1);
      lastEnd = lastBegin + uint32_t(sources.lineText(loc).size()) + 1;
    }
  }
  lastLocation = llvm::DILocation::get(scope->getContext(), line, column, scope);
  return lastLocation;
}

//===-- Variables ----------------------------------------------------------------------------------------------===//

void FunctionDebug::declare(llvm::DILocalVariable *variable, llvm::DIExpression *expression, llvm::Value *home,
                            const llvm::DILocation *where, llvm::IRBuilderBase &builder) {
  owner->builder.insertDeclare(home, variable, expression, where, builder.GetInsertBlock());
}

void FunctionDebug::declareParameter(unsigned argument, const dil::Param &param, llvm::Value *home, bool isAddress,
                                     llvm::IRBuilderBase &builder) {
  if (param.name.empty())
    return;
  llvm::DIBuilder &debug = owner->builder;
  llvm::DIType *type = owner->type(param.type);
  auto flags = param.name.text() == "this" ? llvm::DINode::FlagArtificial | llvm::DINode::FlagObjectPointer
                                           : llvm::DINode::FlagZero;
  auto *variable = debug.createParameterVariable(scope, param.name.text(), argument, scope->getFile(), scope->getLine(),
                                                 type, true, flags);
  llvm::SmallVector<uint64_t, 1> operations;
  if (isAddress)
    operations.push_back(llvm::dwarf::DW_OP_deref);
  auto *where = llvm::DILocation::get(scope->getContext(), scope->getLine(), 0, scope);
  declare(variable, debug.createExpression(operations), home, where, builder);
}

void FunctionDebug::declareSlot(const dil::SlotInst &inst, TypeId type, llvm::Value *home,
                                llvm::IRBuilderBase &builder) {
  llvm::DIBuilder &debug = owner->builder;
  llvm::DebugLoc where = location(inst.loc.isValid() ? inst.loc : function->loc);
  llvm::DILocalVariable *variable;
  if (inst.argument)
    variable = debug.createParameterVariable(scope, inst.name, inst.argument, scope->getFile(), where.getLine(),
                                             owner->type(type), true);
  else
    variable = debug.createAutoVariable(scope, inst.name, scope->getFile(), where.getLine(), owner->type(type), true);
  declare(variable, debug.createExpression(), home, where.get(), builder);
}

void DebugInfo::describeGlobal(const dil::Global &global, llvm::GlobalVariable *variable) {
  if (emitter.options.debug != CodegenOptions::Debug::Full || !global.loc.isValid())
    return;
  if (!unit)
    createUnit(global.loc);
  LineColumn position = emitter.sources.lineColumn(global.loc);
  llvm::StringRef symbol = global.symbol, name = symbol.split('$').first;
  llvm::StringRef last = name.contains('.') ? name.rsplit('.').second : name; // as it is written in its own module
  variable->addDebugInfo(builder.createGlobalVariableExpression(unit, last, symbol, file(position.file), position.line,
                                                                type(global.type), true));
}

void DebugInfo::finish() {
  if (unit)
    builder.finalize();
}

} // namespace dream::codegen
