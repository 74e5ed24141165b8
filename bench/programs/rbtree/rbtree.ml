(* A red-black tree that never changes: an insertion makes the path from the root anew. *)
type color = Red | Black
type tree = Leaf | Node of color * tree * int * bool * tree

let balance_left l k v r =
  match l with
  | Node (_, Node (Red, lx, kx, vx, rx), ky, vy, ry) -> Node (Red, Node (Black, lx, kx, vx, rx), ky, vy, Node (Black, ry, k, v, r))
  | Node (_, ly, ky, vy, Node (Red, lx, kx, vx, rx)) -> Node (Red, Node (Black, ly, ky, vy, lx), kx, vx, Node (Black, rx, k, v, r))
  | Node (_, lx, kx, vx, rx) -> Node (Black, Node (Red, lx, kx, vx, rx), k, v, r)
  | Leaf -> Node (Black, Leaf, k, v, r)

let balance_right l k v r =
  match r with
  | Node (_, Node (Red, lx, kx, vx, rx), ky, vy, ry) -> Node (Red, Node (Black, l, k, v, lx), kx, vx, Node (Black, rx, ky, vy, ry))
  | Node (_, lx, kx, vx, Node (Red, ly, ky, vy, ry)) -> Node (Red, Node (Black, l, k, v, lx), kx, vx, Node (Black, ly, ky, vy, ry))
  | Node (_, lx, kx, vx, rx) -> Node (Black, l, k, v, Node (Red, lx, kx, vx, rx))
  | Leaf -> Node (Black, l, k, v, Leaf)

let is_red = function Node (Red, _, _, _, _) -> true | _ -> false

let rec into t (key : int) value =
  match t with
  | Leaf -> Node (Red, Leaf, key, value, Leaf)
  | Node (color, l, k, v, r) ->
    if key < k then
      if color = Black && is_red l then balance_left (into l key value) k v r else Node (color, into l key value, k, v, r)
    else if key > k then
      if color = Black && is_red r then balance_right l k v (into r key value) else Node (color, l, k, v, into r key value)
    else Node (color, l, key, value, r)

let insert t key value =
  match into t key value with Node (Red, l, k, v, r) -> Node (Black, l, k, v, r) | made -> made

let rec fold f acc = function Leaf -> acc | Node (_, l, k, v, r) -> fold f (f (fold f acc l) k v) r

let tree_of n =
  let tree = ref Leaf in
  for i = 0 to n - 1 do
    let key = i * 7919 mod n in
    tree := insert !tree key (key mod 10 = 0)
  done;
  let count = fold (fun count _ v -> if v then count + 1 else count) 0 !tree in
  let check = fold (fun check k _ -> ((check * 31) + k) land 0x7fffffff) 0 !tree in
  Printf.printf "%d keys, %d true, check %d\n" n count check

let () =
  let n = int_of_string Sys.argv.(1) in
  for _ = 1 to int_of_string Sys.argv.(2) do
    tree_of n
  done
