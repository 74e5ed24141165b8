(* A game's loop: places in records of floats only, which lie unboxed; lists for what lives for one frame. *)
let cells_across = 32
let state = ref 7

let next below =
  state := ((!state * 1103515245) + 12345) land 0x7fffffff;
  (!state lsr 8) mod below

type place = { mutable x : float; mutable y : float; vx : float; vy : float }
type enemy = { at : place; mutable health : int }
type bullet = { from : place; mutable life : int; power : int }
type hit = { target : enemy; force : int }

let new_enemy () =
  let x = float (next 1024) in
  let y = float (next 1024) in
  let vx = float (next 65 - 32) /. 16. in
  let vy = float (next 65 - 32) /. 16. in
  { at = { x; y; vx; vy }; health = 1 + next 5 }

let new_bullet () =
  let x = float (next 1024) in
  let y = float (next 1024) in
  let vx = float (next 17 - 8) in
  let vy = float (next 17 - 8) in
  let life = 20 + next 32 in
  { from = { x; y; vx; vy }; life; power = 1 + next 3 }

let[@inline] wrap x = if x < 0. then x +. 1024. else if x >= 1024. then x -. 1024. else x
let[@inline] cell_of p = (truncate p.y / cells_across * cells_across) + (truncate p.x / cells_across)

let[@inline] move p =
  p.x <- wrap (p.x +. p.vx);
  p.y <- wrap (p.y +. p.vy)

let enemies = Array.init 2000 (fun _ -> new_enemy ())
let cells = Array.make (cells_across * cells_across) []
let bullets = ref [] (* in the order of their making *)
let score = ref 0

let rec find p = function
  | [] -> None
  | e :: rest -> if abs_float (e.at.x -. p.x) < 3. && abs_float (e.at.y -. p.y) < 3. then Some e else find p rest

let fly hits b =
  move b.from;
  b.life <- b.life - 1;
  if b.life = 0 then hits
  else
    match find b.from cells.(cell_of b.from) with
    | None -> hits
    | Some target ->
      b.life <- 0;
      { target; force = b.power } :: hits

let strike { target; force } =
  if target.health > 0 then begin
    target.health <- target.health - force;
    if target.health <= 0 then incr score
  end

let frame () =
  bullets := List.rev_append (List.rev !bullets) (List.init 200 (fun _ -> new_bullet ()));
  Array.fill cells 0 (Array.length cells) [];
  for i = Array.length enemies - 1 downto 0 do
    let e = enemies.(i) in
    let cell = cell_of e.at in
    cells.(cell) <- e :: cells.(cell)
  done;
  let hits = List.fold_left fly [] !bullets in
  List.iter strike (List.rev hits);
  bullets := List.filter (fun b -> b.life <> 0) !bullets;
  Array.iteri (fun i e -> if e.health <= 0 then enemies.(i) <- new_enemy () else move e.at) enemies

let () =
  let frames = int_of_string Sys.argv.(1) in
  let check = ref 0 in
  let times = Array.make frames 0. in
  for i = 0 to frames - 1 do
    let start = Unix.gettimeofday () in
    frame ();
    times.(i) <- (Unix.gettimeofday () -. start) *. 1e6;
    check := ((!check * 31) + List.length !bullets + !score) land 0x7fffffff
  done;
  let places = Array.fold_left (fun sum e -> sum + truncate e.at.x + truncate e.at.y) 0 enemies in
  Printf.printf "%d frames, score %d, %d bullets, places %d, check %d\n" frames !score (List.length !bullets) places !check;
  Array.sort compare times;
  Printf.eprintf "frames p50 %.1f p99 %.1f max %.1f\n" times.(frames / 2) times.(frames * 99 / 100) times.(frames - 1)
