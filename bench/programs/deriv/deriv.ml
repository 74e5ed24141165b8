(* Symbolic derivatives by pattern matching. *)
type expr =
  | Number of int
  | Variable of string
  | Sum of expr * expr
  | Product of expr * expr
  | Power of expr * expr
  | Logarithm of expr

let rec add a b =
  match a, b with
  | Number m, Number n -> Number (m + n)
  | Number 0, f | f, Number 0 -> f
  | f, (Number _ as n) -> add n f
  | Number m, Sum (Number n, g) -> add (Number (m + n)) g
  | f, Sum ((Number _ as n), g) -> add n (add f g)
  | Sum (f, g), h -> add f (add g h)
  | f, g -> Sum (f, g)

let rec multiply a b =
  match a, b with
  | Number m, Number n -> Number (m * n)
  | (Number 0 as zero), _ | _, (Number 0 as zero) -> zero
  | Number 1, f | f, Number 1 -> f
  | f, (Number _ as n) -> multiply n f
  | Number m, Product (Number n, g) -> multiply (Number (m * n)) g
  | f, Product ((Number _ as n), g) -> multiply n (multiply f g)
  | Product (f, g), h -> multiply f (multiply g h)
  | f, g -> Product (f, g)

let raise_ a b =
  match a, b with
  | _, Number 0 -> Number 1
  | f, Number 1 -> f
  | (Number 0 as zero), _ -> zero
  | f, g -> Power (f, g)

let logarithm = function Number 1 -> Number 0 | f -> Logarithm f

let rec derive x = function
  | Number _ -> Number 0
  | Variable name -> Number (if String.equal name x then 1 else 0)
  | Sum (f, g) -> add (derive x f) (derive x g)
  | Product (f, g) -> add (multiply f (derive x g)) (multiply g (derive x f))
  | Power (f, g) ->
    let inner = multiply (multiply g (derive x f)) (raise_ f (Number (-1))) in
    multiply (raise_ f g) (add inner (multiply (logarithm f) (derive x g)))
  | Logarithm f -> multiply (derive x f) (raise_ f (Number (-1)))

let rec count = function
  | Number _ | Variable _ -> 1
  | Sum (f, g) | Product (f, g) | Power (f, g) -> count f + count g
  | Logarithm f -> count f

let () =
  let rounds = int_of_string Sys.argv.(1) in
  let x = Variable "x" in
  let e = ref (raise_ x x) in
  for i = 1 to rounds do
    e := derive "x" !e;
    Printf.printf "%d: %d\n" i (count !e)
  done
