-- An alternating flip without a flip did nothing, and is refused now.
UPDATE runs SET recipe = json_set(recipe, '$.augmentation.alternating_flip', json('false'))
    WHERE json_valid(recipe) AND NOT json_extract(recipe, '$.augmentation.flip');
