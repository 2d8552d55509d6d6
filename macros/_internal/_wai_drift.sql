{#- SQL of the values of both sides. -#}
{% macro _wai_drift_rows(model, reference, columns, reference_where) -%}
select
    {{ columns[0] }} as value,
    true as is_current
from {{ model }}
union all
select
    {{ columns[1] }} as value,
    false as is_current
from (select * from {{ reference }} where {{ reference_where }})
{%- endmacro %}


{#-
    SQL of one row of figures over labels, NULL being one. The population stability index is the sum of (p - q) ln(p / q) over shares of counts
    plus a half, which keeps absent labels finite; without drift it is about (labels - 1) (1/n + 1/m): Yurdakul, Naranjo 2020, Statistical
    properties of the population stability index. The Jensen-Shannon distance has base 2, 0 to 1: Endres, Schindelin 2003.
-#}
{% macro _wai_label_drift(rows) -%}
with counts as (
    select
        coalesce(cast(value as varchar), 'NULL') as label,
        value is null as is_null,
        count(*) filter (is_current) as n,
        count(*) filter (not is_current) as m
    from ({{ rows }})
    group by all
),
shares as (
    select
        *,
        n / nullif(sum(n) over (), 0) as p,
        m / nullif(sum(m) over (), 0) as q,
        (n + 0.5) / (sum(n) over () + 0.5 * count(*) over ()) as smooth_p,
        (m + 0.5) / (sum(m) over () + 0.5 * count(*) over ()) as smooth_q
    from counts
),
moved as (
    select format('{} {:.3f} to {:.3f}', label, q, p) as label_moved
    from shares
    where p <> q
    order by abs(p - q) desc, label, is_null
    limit 3
)
select
    coalesce(sum(n), 0) as n,
    coalesce(sum(m), 0) as n_reference,
    sum((smooth_p - smooth_q) * ln(smooth_p / smooth_q)) filter (p + q is not null) as psi,
    (count(*) - 1) * (1 / nullif(sum(n), 0) + 1 / nullif(sum(m), 0)) as by_chance,
    sqrt(greatest(sum(
        case when p > 0 then p * log2(2 * p / (p + q)) else 0 end
        + case when q > 0 then q * log2(2 * q / (p + q)) else 0 end
    ) filter (p + q is not null) / 2, 0)) as js_distance,
    (select string_agg(label_moved, ', ') from moved) as moved_most
from shares
{%- endmacro %}


{#-
    SQL of one row of figures over vectors: the cosine distance of the means, half the sum of the relative variances of the means, which is about
    what it is without drift, and the coefficient of the energy distance, 0 for equal distributions, up to 1: Székely, Rizzo 2013, Energy
    statistics. It is estimated without bias, so chance alone may make it a little less than 0. The rows are drawn by what they hold, the n-th
    copy of a vector apart from the others, so that neither order nor repeated texts matter: 10,000 of each side for the means, 500 for the pairs.
-#}
{% macro _wai_embedding_drift(rows) -%}
with vectors as (
    select
        cast(value as float[]) as vector,
        is_current
    from ({{ rows }})
),
copies as (
    select
        *,
        hash(vector, is_current, row_number() over (partition by is_current, hash(vector))) as draw
    from vectors
    where vector is not null
),
drawn as (
    select
        vector,
        is_current,
        row_number() over (partition by is_current order by draw) as place
    from copies
    qualify place <= 10000
),
elements as (
    select
        is_current,
        unnest(vector) as element,
        generate_subscripts(vector, 1) as i
    from drawn
),
means as (
    select
        i,
        avg(element) filter (is_current) as p,
        avg(element) filter (not is_current) as q,
        var_samp(element) filter (is_current) / count(*) filter (is_current) as p_variance,
        var_samp(element) filter (not is_current) / count(*) filter (not is_current) as q_variance
    from elements
    group by i
),
distances as (
    select
        a.is_current as from_current,
        b.is_current as to_current,
        -- A row is no pair with itself.
        sum(list_distance(a.vector, b.vector)) / nullif(count(*) filter (a.is_current <> b.is_current or a.place <> b.place), 0) as distance
    from drawn as a
    cross join drawn as b
    where a.place <= 500 and b.place <= 500
    group by all
),
energy as (
    select
        2 * sum(distance) filter (from_current and not to_current) as across,
        sum(distance) filter (from_current = to_current) as within_each,
        count(distance) as known
    from distances
)
select
    (select count(*) from copies where is_current) as n,
    (select count(*) from copies where not is_current) as n_reference,
    1 - sum(p * q) / sqrt(sum(p * p) * sum(q * q)) as cosine_distance,
    (sum(p_variance) / sum(p * p) + sum(q_variance) / sum(q * q)) / 2 as by_chance,
    (select (across - within_each) / nullif(across, 0) from energy where known = 4) as energy,
    (select count(*) from vectors where vector is null) as without_vector
from means
{%- endmacro %}


{% macro _wai_check_drift(model, reference, columns, metric) -%}
    {%- set types = [
        warehouse_ai._wai_column_type('ai_drift', 'column_name', columns[0], model),
        warehouse_ai._wai_column_type('ai_drift', 'reference_column', columns[1], reference),
    ] -%}
    {%- set fitting = '(FLOAT|DOUBLE).[0-9]*]$' if metric == 'embedding' else '(VARCHAR$|ENUM|BOOLEAN$|[A-Z]*INT(EGER)?$)' -%}
    {%- for type in types if not modules.re.match(fitting, type) -%}
        {%- do warehouse_ai._wai_bad_argument(
            'ai_drift', 'metric', "is '" ~ metric ~ "', but the column '" ~ columns[types.index(type)] ~ "' is " ~ type,
            'Labels are texts, whole numbers or BOOLEAN, embeddings FLOAT[n].'
        ) -%}
    {%- endfor -%}
    {%- set sizes = types | map('replace', 'DOUBLE', 'FLOAT') | reject('eq', 'FLOAT[]') | unique | list -%}
    {%- if metric == 'embedding' and sizes | length > 1 -%}
        {%- do warehouse_ai._wai_bad_argument(
            'ai_drift', 'reference_column', 'is ' ~ types[1] ~ ', the column under test ' ~ types[0], 'Compare vectors of one model.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_print_drift(measured, tested, bound) -%}
    {%- set found = run_query(measured) -%}
    {%- set row = found.rows[0] -%}
    {%- set name = 'psi' if 'psi' in found.column_names else 'cosine_distance' -%}
    {%- set second = 'js_distance' if name == 'psi' else 'energy' -%}
    {%- set figures = [] -%}
    {%- for figure in [name, 'by_chance', second] -%}
        {%- do figures.append(warehouse_ai._wai_decimals(row[figure])) -%}
    {%- endfor -%}
    {%- set rows = row['n'] ~ ' rows against ' ~ row['n_reference'] -%}
    {%- set comparison = name ~ ' ' ~ figures[0] ~ ' (' ~ figures[1] ~ ' by chance alone), ' ~ second ~ ' ' ~ figures[2] ~ ' on ' ~ rows ~ ', '
        ~ name ~ ' must not exceed ' ~ bound -%}
    {%- do log(
        'ai_drift ' ~ tested ~ ': ' ~ (comparison if row['n'] and row['n_reference'] else 'nothing to compare, ' ~ rows) ~ '. '
        ~ ('Moved most: ' ~ (row['moved_most'] or 'nothing') if name == 'psi' else 'Left out: ' ~ row['without_vector'] ~ ' without a vector'),
        info=true
    ) -%}
{%- endmacro %}
