{#-
    Revisions of the shipped models, as literals: dbt's state comparison reads macros, not weights, so a new revision marks every model
    that uses it as modified. A test keeps them equal to the files; a mismatch with the installed package is an error at run time.
-#}
{% macro _wai_models() -%}
    {{- return({
        'answer': 'all-MiniLM-L6-v2@53aa51172d14',
        'chunk': 'all-MiniLM-L6-v2@53aa51172d14',
        'classify': 'all-MiniLM-L6-v2+classify@7ecc461cc072',
        'classify_multi': 'all-MiniLM-L6-v2+classify@7ecc461cc072',
        'context': 'all-MiniLM-L6-v2@53aa51172d14',
        'count_tokens': 'all-MiniLM-L6-v2@53aa51172d14',
        'detect_language': 'py3langid',
        'embed': 'all-MiniLM-L6-v2@53aa51172d14',
        'extract': 'all-MiniLM-L6-v2+extract@dc42d2bf31a8',
        'filter': 'all-MiniLM-L6-v2+filter@61d03b062b1f',
        'fit': 'all-MiniLM-L6-v2@53aa51172d14',
        'keywords': 'all-MiniLM-L6-v2+keywords@cda3c6e0563b',
        'moderate': 'all-MiniLM-L6-v2+moderate@80439711e76e',
        'near_duplicates': 'all-MiniLM-L6-v2@53aa51172d14',
        'redact': 'all-MiniLM-L6-v2+extract@dc42d2bf31a8',
        'search': 'all-MiniLM-L6-v2@53aa51172d14',
        'sentences': 'sentencex',
        'sentiment': 'all-MiniLM-L6-v2+sentiment@f933beab3569',
        'sentiment_aspects': 'all-MiniLM-L6-v2+sentiment_aspects@f08a6716335d',
        'summarize': 'all-MiniLM-L6-v2@53aa51172d14',
        'summarize_agg': 'all-MiniLM-L6-v2@53aa51172d14',
        'classify_image': 'hog-colour@1',
        'embed_image': 'hog-colour@1',
        'image_features': 'image-features@1',
        'parse_document': 'document-parsers@2',
    }) -}}
{%- endmacro %}
