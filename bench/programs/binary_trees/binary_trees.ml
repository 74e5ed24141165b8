(* Binary trees as a variant. *)
type tree = Leaf | Node of tree * tree

let rec build depth = if depth = 0 then Node (Leaf, Leaf) else Node (build (depth - 1), build (depth - 1))
let rec check = function Leaf -> 0 | Node (left, right) -> 1 + check left + check right

let () =
  let least = 4 in
  let most = max (least + 2) (int_of_string Sys.argv.(1)) in
  Printf.printf "stretch tree of depth %d, check %d\n" (most + 1) (check (build (most + 1)));
  let stays = build most in
  let depth = ref least in
  while !depth <= most do
    let count = 1 lsl (most - !depth + least) in
    let sum = ref 0 in
    for _ = 1 to count do
      sum := !sum + check (build !depth)
    done;
    Printf.printf "%d trees of depth %d, check %d\n" count !depth !sum;
    depth := !depth + 2
  done;
  Printf.printf "long lived tree of depth %d, check %d\n" most (check stays)
