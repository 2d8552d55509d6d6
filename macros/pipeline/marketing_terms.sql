{#- Words and phrases that sell: claims, superlatives, offers, and promises of quality. -#}
{% macro marketing_terms() -%}
    {{- return([
        'amazing', 'award-winning', 'best', 'best-selling', 'bestseller', 'breathtaking', 'by hand', 'certified', 'discover', 'dreamy',
        'exclusive', 'fabulous', 'fantastic', 'free', 'gift', 'gorgeous', 'guaranteed', 'guarantee', 'hand-crafted', 'iconic', 'incredible',
        'indulge', 'irresistible', 'irresistibly', 'limited edition', 'love', 'luxurious', 'luxury', 'magic', 'magical', 'masterpiece',
        'must-have', 'natural', 'organic', 'perfect', 'premium', 'revolutionary', 'sensational', 'spectacular', 'stunning', 'super',
        'timeless', 'ultimate', 'unbeatable', 'unforgettable', 'unique',
    ]) -}}
{%- endmacro %}
