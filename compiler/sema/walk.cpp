// See walk.h.
#include "compiler/sema/walk.h"

namespace dream::sema {

using namespace ast;

void forEachChild(const Node *node, llvm::function_ref<void(const Node *)> visit) {
  auto one = [&](const Node *child) {
    if (child)
      visit(child);
  };
  auto all = [&](auto list) {
    for (const Node *child : list)
      one(child);
  };
  switch (node->kind) {
  case NodeKind::InterpolatedString:
    for (auto &part : llvm::cast<InterpolatedString>(node)->parts) {
      one(part.hole);
      one(part.width);
    }
    break;
  case NodeKind::ParenExpr: one(llvm::cast<ParenExpr>(node)->inner); break;
  case NodeKind::TupleExpr:
    for (auto &element : llvm::cast<TupleExpr>(node)->elements)
      one(element.value);
    break;
  case NodeKind::ArrayLiteral: all(llvm::cast<ArrayLiteral>(node)->elements); break;
  case NodeKind::SpreadExpr: one(llvm::cast<SpreadExpr>(node)->value); break;
  case NodeKind::InitializerList:
    for (auto &element : llvm::cast<InitializerList>(node)->elements) {
      one(element.index);
      one(element.value);
    }
    break;
  case NodeKind::NewObject:
    all(llvm::cast<NewObject>(node)->args);
    one(llvm::cast<NewObject>(node)->init);
    one(llvm::cast<NewObject>(node)->region);
    break;
  case NodeKind::NewArray:
    all(llvm::cast<NewArray>(node)->sizes);
    one(llvm::cast<NewArray>(node)->init);
    break;
  case NodeKind::MatchExpr:
    all(llvm::cast<MatchExpr>(node)->values);
    all(llvm::cast<MatchExpr>(node)->arms);
    break;
  case NodeKind::MatchArm: {
    auto *arm = llvm::cast<MatchArm>(node);
    one(arm->guard);
    one(arm->expr);
    one(arm->block);
    one(arm->blockValue);
    break;
  }
  case NodeKind::CheckedExpr: one(llvm::cast<CheckedExpr>(node)->value); break;
  case NodeKind::AssignExpr:
    one(llvm::cast<AssignExpr>(node)->target);
    one(llvm::cast<AssignExpr>(node)->value);
    break;
  case NodeKind::ConditionalExpr: {
    auto *conditional = llvm::cast<ConditionalExpr>(node);
    one(conditional->condition);
    one(conditional->whenTrue);
    one(conditional->whenFalse);
    break;
  }
  case NodeKind::BinaryExpr:
    one(llvm::cast<BinaryExpr>(node)->lhs);
    one(llvm::cast<BinaryExpr>(node)->rhs);
    break;
  case NodeKind::UnaryExpr: one(llvm::cast<UnaryExpr>(node)->operand); break;
  case NodeKind::PostfixExpr: one(llvm::cast<PostfixExpr>(node)->operand); break;
  case NodeKind::CastExpr: one(llvm::cast<CastExpr>(node)->operand); break;
  case NodeKind::IsExpr: one(llvm::cast<IsExpr>(node)->value); break;
  case NodeKind::AsExpr: one(llvm::cast<AsExpr>(node)->value); break;
  case NodeKind::RangeExpr:
    one(llvm::cast<RangeExpr>(node)->begin);
    one(llvm::cast<RangeExpr>(node)->end);
    break;
  case NodeKind::MemberExpr: one(llvm::cast<MemberExpr>(node)->object); break;
  case NodeKind::IndexExpr:
    one(llvm::cast<IndexExpr>(node)->object);
    all(llvm::cast<IndexExpr>(node)->args);
    break;
  case NodeKind::CallExpr:
    one(llvm::cast<CallExpr>(node)->callee);
    all(llvm::cast<CallExpr>(node)->args);
    break;
  case NodeKind::ThrowExpr: one(llvm::cast<ThrowExpr>(node)->value); break;
  case NodeKind::Argument: one(llvm::cast<Argument>(node)->value); break;

  case NodeKind::BlockStmt: all(llvm::cast<BlockStmt>(node)->statements); break;
  case NodeKind::ExprStmt: one(llvm::cast<ExprStmt>(node)->expr); break;
  case NodeKind::VarStmt: one(llvm::cast<VarStmt>(node)->decl); break;
  case NodeKind::VariablesDecl:
    for (const VariableDecl *variable : llvm::cast<VariablesDecl>(node)->variables)
      one(variable->init);
    break;
  case NodeKind::DeconstructStmt: one(llvm::cast<DeconstructStmt>(node)->value); break;
  case NodeKind::LabeledStmt: one(llvm::cast<LabeledStmt>(node)->body); break;
  case NodeKind::IfStmt:
    one(llvm::cast<IfStmt>(node)->condition);
    one(llvm::cast<IfStmt>(node)->thenStmt);
    one(llvm::cast<IfStmt>(node)->elseStmt);
    break;
  case NodeKind::WhileStmt:
    one(llvm::cast<WhileStmt>(node)->condition);
    one(llvm::cast<WhileStmt>(node)->body);
    break;
  case NodeKind::DoStmt:
    one(llvm::cast<DoStmt>(node)->body);
    one(llvm::cast<DoStmt>(node)->condition);
    break;
  case NodeKind::ForStmt: {
    auto *loop = llvm::cast<ForStmt>(node);
    one(loop->vars);
    one(loop->deconstruct);
    all(loop->inits);
    one(loop->condition);
    one(loop->body);
    all(loop->steps);
    break;
  }
  case NodeKind::ForeachStmt:
    one(llvm::cast<ForeachStmt>(node)->source);
    one(llvm::cast<ForeachStmt>(node)->body);
    break;
  case NodeKind::ReturnStmt: one(llvm::cast<ReturnStmt>(node)->value); break;
  case NodeKind::ThrowStmt: one(llvm::cast<ThrowStmt>(node)->value); break;
  case NodeKind::YieldStmt: one(llvm::cast<YieldStmt>(node)->value); break;
  case NodeKind::TryStmt:
    one(llvm::cast<TryStmt>(node)->body);
    all(llvm::cast<TryStmt>(node)->catches);
    one(llvm::cast<TryStmt>(node)->finallyBlock);
    break;
  case NodeKind::CatchClause:
    one(llvm::cast<CatchClause>(node)->guard);
    one(llvm::cast<CatchClause>(node)->body);
    break;
  case NodeKind::SwitchStmt:
    one(llvm::cast<SwitchStmt>(node)->value);
    all(llvm::cast<SwitchStmt>(node)->sections);
    break;
  case NodeKind::SwitchSection:
    all(llvm::cast<SwitchSection>(node)->labels);
    all(llvm::cast<SwitchSection>(node)->statements);
    break;
  case NodeKind::DeferStmt: one(llvm::cast<DeferStmt>(node)->body); break;
  case NodeKind::UsingStmt:
    one(llvm::cast<UsingStmt>(node)->vars);
    one(llvm::cast<UsingStmt>(node)->expr);
    one(llvm::cast<UsingStmt>(node)->body);
    break;
  case NodeKind::ArenaStmt:
    one(llvm::cast<ArenaStmt>(node)->size);
    one(llvm::cast<ArenaStmt>(node)->body);
    break;
  case NodeKind::ModeStmt: one(llvm::cast<ModeStmt>(node)->body); break;
  default: // leaves, types, patterns, and declarations of their own
    break;
  }
}

} // namespace dream::sema
